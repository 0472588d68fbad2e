-- A country under all its codes
-- What is there about Congo (Kinshasa), also from the time when it was Zaire and its code another?
SELECT publication_date, country_codes, title, document_id
FROM documents
WHERE list_has_any(country_codes, (
    SELECT list(country_code)
    FROM countries
    WHERE country_code = 'COD' OR list_contains(successor_codes, 'COD')
))
ORDER BY publication_from DESC NULLS LAST, document_id
