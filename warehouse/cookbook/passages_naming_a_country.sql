-- Passages that name a country
-- What do documents say of Chile that are not about it?
SELECT
    document_id,
    title,
    publication_date,
    block.seq,
    text,
    list(words ORDER BY mentions.char_start) AS printed
FROM mentions
JOIN blocks AS block ON block.capture_id = mentions.capture_id AND block.seq = block_seq
JOIN documents ON documents.capture_id = mentions.capture_id
WHERE country_code = 'CHL' AND NOT coalesce(list_contains(country_codes, 'CHL'), false)
GROUP BY ALL
ORDER BY document_id, block.seq
