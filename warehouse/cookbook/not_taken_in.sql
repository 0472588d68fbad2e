-- What was not taken in
-- Which inputs were quarantined, why, and what can be done?
SELECT started_at, source, issue_code, words, advice
FROM acquisitions
JOIN runs USING (run_id)
LEFT JOIN issue_codes ON issue_code = code
WHERE outcome = 'quarantined'
ORDER BY started_at DESC, source
