-- Each input of a completed run has one outcome: the counts and bytes of the ledger add up, and
-- the run's inputs add up to them.
WITH seen AS (
    SELECT
        run_id,
        count(*) AS input_count,
        sum(byte_length) AS input_bytes,
        count(*) FILTER (outcome = 'new') AS new_count,
        count(*) FILTER (outcome = 'unchanged') AS unchanged_count,
        count(*) FILTER (outcome = 'duplicate') AS duplicate_count,
        count(*) FILTER (outcome = 'not_a_document') AS not_a_document_count,
        count(*) FILTER (outcome = 'quarantined') AS quarantined_count
    FROM loaded_acquisitions
    GROUP BY run_id
)
SELECT
    run_id,
    runs.input_count,
    runs.input_bytes,
    seen.input_count AS seen_count,
    seen.input_bytes AS seen_bytes
FROM loaded_runs AS runs
LEFT JOIN seen USING (run_id)
WHERE state = 'completed' AND kind = 'ingest' AND (
    runs.input_count <> runs.new_count + runs.unchanged_count + runs.duplicate_count
        + runs.not_a_document_count + runs.quarantined_count
    OR runs.input_bytes <> runs.new_bytes + runs.unchanged_bytes + runs.duplicate_bytes
        + runs.not_a_document_bytes + runs.quarantined_bytes
    OR runs.input_count <> coalesce(seen.input_count, 0)
    OR runs.input_bytes <> coalesce(seen.input_bytes, 0)
    OR runs.new_count <> coalesce(seen.new_count, 0)
    OR runs.unchanged_count <> coalesce(seen.unchanged_count, 0)
    OR runs.duplicate_count <> coalesce(seen.duplicate_count, 0)
    OR runs.not_a_document_count <> coalesce(seen.not_a_document_count, 0)
    OR runs.quarantined_count <> coalesce(seen.quarantined_count, 0)
)
