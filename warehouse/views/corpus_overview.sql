-- A document about several countries counts for each of them.
SELECT
    publisher_id,
    year(publication_from) AS publication_year,
    document_type,
    language,
    country_code,
    count(*) AS document_count,
    CAST(sum(word_count) AS BIGINT) AS word_count
FROM documents
LEFT JOIN (
    SELECT capture_id, unnest(country_codes) AS country_code FROM document_versions
) USING (capture_id)
GROUP BY ALL
