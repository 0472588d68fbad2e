-- What the last runs that brought anything brought: new documents and quarantined inputs by day.
SELECT
    CAST(started_at AS DATE) AS day,
    CAST(sum(new_count) AS BIGINT) AS new_documents,
    CAST(sum(quarantined_count) AS BIGINT) AS quarantined,
    count(*) AS runs
FROM runs
WHERE kind = 'ingest' AND input_count > 0
GROUP BY day
ORDER BY day DESC
LIMIT $days
