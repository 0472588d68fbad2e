-- Issues, statements and the inputs of completed runs name captures that are there.
SELECT 'issues' AS kind, capture_id, code AS words
FROM loaded_issues
ANTI JOIN loaded_captures USING (capture_id)
UNION ALL
SELECT 'statements', capture_id, field
FROM loaded_statements
ANTI JOIN loaded_captures USING (capture_id)
UNION ALL
SELECT 'acquisitions', loaded_acquisitions.capture_id, source
FROM loaded_acquisitions
JOIN loaded_runs USING (run_id)
ANTI JOIN captures ON captures.capture_id = loaded_acquisitions.capture_id
WHERE state = 'completed' AND loaded_acquisitions.capture_id IS NOT NULL
