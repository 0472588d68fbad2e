-- Runs of the lake whose process died and that the database does not hold yet; the next publishing
-- loads them.
SELECT run_id FROM {source} WHERE state = 'crashed' AND run_id NOT IN (SELECT run_id FROM runs)
