-- Documents about a country
-- What is there about Peru, newest first?
SELECT publication_date, title, publisher, document_id
FROM documents
WHERE list_contains(country_codes, 'PER')
ORDER BY publication_from DESC NULLS LAST, document_id
