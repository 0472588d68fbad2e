-- Every check of the file that holds a capture, with the run that made it.
SELECT
    fixity_checks.*,
    runs.code_version
FROM fixity_checks
JOIN runs USING (run_id)
WHERE file = 'archive/' || $warc_file
ORDER BY checked_at, run_id, seq
