-- The snapshot that this database would be after the last one it holds; no row when it is the same.
WITH contents AS (
    SELECT batch_id || ' ' || commit_sha256 AS line FROM batches
    UNION ALL
    SELECT run_id FROM runs
),

identity AS (
    SELECT substr(sha256(coalesce(string_agg(line, chr(10) ORDER BY line), '')), 1, 16)
        AS snapshot_id
    FROM contents
)

SELECT
    (SELECT coalesce(max(number), 0) + 1 FROM snapshots) AS number,
    snapshot_id,
    (SELECT arg_max(snapshot_id, number) FROM snapshots) AS previous_id,
    $published_at AS published_at,
    (SELECT count(*) FROM batches) AS batch_count,
    (SELECT count(*) FROM captures) AS capture_count,
    (SELECT count(DISTINCT document_id) FROM document_versions) AS document_count,
    (SELECT count(*) FROM document_versions) AS version_count,
    (SELECT count(*) FROM runs) AS run_count
FROM identity
WHERE snapshot_id IS DISTINCT FROM (SELECT arg_max(snapshot_id, number) FROM snapshots)
