-- A section over the years
-- What do the reports on Peru say under the heading Protection, year by year?
SELECT publication_date, document_id, text
FROM sections
JOIN documents USING (capture_id)
WHERE heading ILIKE 'protection' AND list_contains(country_codes, 'PER')
ORDER BY publication_from, document_id
