WITH committed AS (
    SELECT batch_id, arg_max(commit_sha256, number) AS commit_sha256
    FROM snapshot_batches
    WHERE number <= coalesce(
        (
            SELECT number
            FROM snapshots
            WHERE CAST(id AS VARCHAR) IN (snapshot_id, CAST(number AS VARCHAR))
        ),
        error('there is no snapshot ' || CAST(id AS VARCHAR))
    )
    GROUP BY batch_id
),

versions AS (
    SELECT document_versions.*
    FROM document_versions
    JOIN captures USING (capture_id)
    JOIN batches ON warc_file = batch_id || '.warc.gz'
    JOIN committed USING (batch_id, commit_sha256)
    UNION ALL BY NAME
    SELECT superseded_readings.* EXCLUDE (batch_id, commit_sha256, code_version, outcome)
    FROM superseded_readings
    JOIN committed USING (batch_id, commit_sha256)
    ANTI JOIN batches USING (batch_id, commit_sha256)
    WHERE outcome = 'document'
)

SELECT
    versions.*,
    count(*) OVER (PARTITION BY document_id) AS version_count
FROM versions
JOIN captures USING (capture_id)
QUALIFY $best_version
