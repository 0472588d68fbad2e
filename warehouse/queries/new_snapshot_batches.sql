-- The batches that no snapshot holds as they are now.
WITH held AS (
    SELECT batch_id, arg_max(commit_sha256, number) AS commit_sha256
    FROM snapshot_batches
    GROUP BY batch_id
)

SELECT $number AS number, batch_id, commit_sha256, code_version
FROM batches
ANTI JOIN held USING (batch_id, commit_sha256)
ORDER BY batch_id
