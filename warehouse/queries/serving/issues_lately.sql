-- Which issues the new captures and the inputs of the last days with runs have, and on which day last.
WITH lately AS (
    SELECT run_id, CAST(started_at AS DATE) AS day
    FROM runs
    WHERE kind = 'ingest'
    QUALIFY dense_rank() OVER (ORDER BY CAST(started_at AS DATE) DESC) <= $days
),

given AS (
    SELECT code, day
    FROM acquisitions
    JOIN lately USING (run_id)
    JOIN issues USING (capture_id)
    WHERE outcome = 'new'
    UNION ALL
    SELECT issue_code, day
    FROM acquisitions
    JOIN lately USING (run_id)
    WHERE issue_code IS NOT NULL AND outcome = 'quarantined'
)

SELECT code, any_value(severity) AS severity, count(*) AS count, max(day) AS last_day
FROM given
LEFT JOIN issue_codes USING (code)
GROUP BY code
ORDER BY count DESC, code
