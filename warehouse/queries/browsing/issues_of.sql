-- What is odd about a capture.
SELECT code, field, words, severity, meaning
FROM issues
JOIN issue_codes USING (code)
WHERE capture_id = $capture_id
ORDER BY seq
