-- What documents can be chosen by, each choice with its number of documents.
SELECT 'publisher' AS facet, publisher_id AS value, coalesce(any_value(name), publisher_id) AS label,
    count(*) AS document_count
FROM documents
LEFT JOIN publishers USING (publisher_id)
WHERE publisher_id IS NOT NULL
GROUP BY publisher_id
UNION ALL
SELECT 'country', country_code, coalesce(any_value(name), country_code), count(*)
FROM (SELECT unnest(country_codes) AS country_code FROM documents)
LEFT JOIN countries USING (country_code)
GROUP BY country_code
UNION ALL
SELECT 'type', document_type, document_type, count(*)
FROM documents
WHERE document_type IS NOT NULL
GROUP BY document_type
UNION ALL
SELECT 'language', language, language, count(*)
FROM documents
WHERE language IS NOT NULL
GROUP BY language
UNION ALL
SELECT 'tier', tier, tier, count(*)
FROM tip_timeline
WHERE tier IS NOT NULL
GROUP BY tier
ORDER BY facet, label
