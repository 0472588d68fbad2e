-- Dates without a day
-- Which publication dates are known to the month or the year only?
SELECT publication_date, publication_from, publication_to, document_id, title
FROM documents
WHERE publication_from <> publication_to
ORDER BY publication_from, document_id
