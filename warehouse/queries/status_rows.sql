-- How much there is of what.
SELECT 'captures' AS kind, outcome AS name, count(*) AS row_count
FROM captures
GROUP BY outcome
UNION ALL
SELECT 'documents', layout, count(*)
FROM documents
JOIN captures USING (capture_id)
GROUP BY layout
UNION ALL
SELECT 'issues', code, count(*)
FROM issues
GROUP BY code
ORDER BY kind, row_count DESC, name
