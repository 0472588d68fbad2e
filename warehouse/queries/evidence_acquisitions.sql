-- Every time that an input was this capture, with the run that saw it.
SELECT
    acquisitions.*,
    runs.kind AS run_kind,
    runs.started_at,
    runs.ended_at,
    runs.state,
    runs.code_version
FROM acquisitions
JOIN runs USING (run_id)
WHERE capture_id = $capture_id
ORDER BY started_at, run_id, seq
