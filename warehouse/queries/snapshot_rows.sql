SELECT
    snapshots.*,
    (SELECT count(*) FROM snapshot_batches AS b WHERE b.number = snapshots.number)
        AS new_batch_count,
    (
        SELECT coalesce(list(kind || ' ' || run_id ORDER BY run_id), [])
        FROM snapshot_runs AS r JOIN runs USING (run_id)
        WHERE r.number = snapshots.number
    ) AS new_runs,
    (
        SELECT coalesce(list(DISTINCT code_version), [])
        FROM snapshot_batches AS b
        WHERE b.number = snapshots.number
    ) AS code_versions
FROM snapshots
ORDER BY number DESC
