-- What could be known on a day
-- Which documents could a decision of 1 March 2024 rest on, and what proves it?
SELECT document_id, title, publication_date, known_from, known_by
FROM documents_as_of(DATE '2024-03-01')
ORDER BY known_from, document_id
