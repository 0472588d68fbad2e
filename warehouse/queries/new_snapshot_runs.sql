-- The runs that no snapshot holds yet.
SELECT $number AS number, run_id FROM runs ANTI JOIN snapshot_runs USING (run_id) ORDER BY run_id
