-- Countries named in documents
-- Which other countries do the documents about Peru name, and in how many passages?
SELECT
    mentions.country_code,
    countries.name,
    count(DISTINCT document_id) AS documents,
    count(DISTINCT (capture_id, block_seq)) AS passages,
    list_sort(list(DISTINCT words)) AS printed
FROM mentions
JOIN documents USING (capture_id)
JOIN countries USING (country_code)
WHERE list_contains(country_codes, 'PER') AND mentions.country_code <> 'PER'
GROUP BY ALL
ORDER BY passages DESC, mentions.country_code
