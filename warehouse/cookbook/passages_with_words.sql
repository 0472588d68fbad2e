-- Passages with words
-- Where is forced labor named, in the texts themselves and not in the furniture of the site?
SELECT document_id, title, seq, text
FROM blocks
JOIN documents USING (capture_id)
WHERE kind IN ('heading', 'paragraph', 'list_item', 'table_row', 'footnote', 'caption')
    AND text ILIKE '%forced%labor%'
ORDER BY document_id, seq
