-- Each document by its best version; two documents may place a country in one year.
SELECT
    country_code,
    countries.name AS country,
    report_year,
    CASE WHEN count(DISTINCT tier) = 1 THEN any_value(tier) END AS tier,
    count(DISTINCT tier) > 1 AS is_contested,
    list(DISTINCT documents.document_id ORDER BY documents.document_id) AS document_ids
FROM tip_placements
JOIN documents USING (capture_id)
LEFT JOIN countries USING (country_code)
WHERE country_code IS NOT NULL AND report_year IS NOT NULL
GROUP BY ALL
