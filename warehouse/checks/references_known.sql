-- Publishers, countries and issue codes that are named stand in the reference tables.
SELECT 'publisher_id' AS kind, capture_id AS place, publisher_id AS code
FROM loaded_document_versions
ANTI JOIN publishers USING (publisher_id)
WHERE publisher_id IS NOT NULL
UNION ALL
SELECT 'country_codes', capture_id, country_code
FROM (
    SELECT capture_id, unnest(country_codes) AS country_code
    FROM loaded_document_versions
)
ANTI JOIN countries USING (country_code)
UNION ALL
SELECT 'mentions.country_code', capture_id, country_code
FROM loaded_mentions
ANTI JOIN countries USING (country_code)
WHERE country_code IS NOT NULL
UNION ALL
SELECT 'issues.code', capture_id, code
FROM loaded_issues
ANTI JOIN issue_codes USING (code)
UNION ALL
SELECT 'acquisitions.issue_code', run_id || ' ' || seq, issue_code
FROM loaded_acquisitions
ANTI JOIN issue_codes ON issue_codes.code = loaded_acquisitions.issue_code
WHERE issue_code IS NOT NULL
