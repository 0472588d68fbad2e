-- In what share of each day's new documents which value is known.
SELECT
    CAST(started_at AS DATE) AS day,
    count(*) AS documents,
    avg(CAST(title IS NOT NULL AS INTEGER)) AS title,
    avg(CAST(publisher IS NOT NULL AS INTEGER)) AS publisher,
    avg(CAST(publication_date IS NOT NULL AS INTEGER)) AS publication_date,
    avg(CAST(cite_as IS NOT NULL AS INTEGER)) AS cite_as,
    avg(CAST(language IS NOT NULL AS INTEGER)) AS language,
    avg(CAST(coalesce(len(country_codes), 0) > 0 AS INTEGER)) AS country_codes
FROM acquisitions
JOIN runs USING (run_id)
JOIN document_versions USING (capture_id)
WHERE acquisitions.outcome = 'new'
GROUP BY day
ORDER BY day DESC
LIMIT $days
