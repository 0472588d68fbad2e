-- What the door said of inputs that are nowhere archived counts too.
WITH seen AS (
    SELECT code, capture_id FROM issues
    UNION ALL
    SELECT issue_code, capture_id
    FROM acquisitions
    WHERE issue_code IS NOT NULL AND capture_id IS NULL
)

SELECT
    code,
    severity,
    count(*) AS issue_count,
    count(DISTINCT capture_id) AS capture_count,
    meaning,
    advice
FROM seen
JOIN issue_codes USING (code)
GROUP BY ALL
