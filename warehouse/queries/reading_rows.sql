-- Every reading of the captures that are, or once were, this document.
WITH mine AS (
    SELECT capture_id FROM document_versions WHERE document_id = $document_id
    UNION
    SELECT capture_id FROM superseded_readings WHERE document_id = $document_id
),

read AS (
    SELECT
        batch_id,
        commit_sha256,
        code_version,
        captures.capture_id,
        outcome,
        true AS is_current,
        document_versions.* EXCLUDE (capture_id)
    FROM mine
    JOIN captures USING (capture_id)
    JOIN batches ON warc_file = batch_id || '.warc.gz'
    LEFT JOIN document_versions USING (capture_id)
    UNION ALL BY NAME
    SELECT superseded_readings.*, false AS is_current
    FROM mine
    JOIN superseded_readings USING (capture_id)
    ANTI JOIN batches USING (batch_id, commit_sha256)
)

SELECT number, published_at, read.* EXCLUDE (batch_id, commit_sha256)
FROM read
JOIN snapshot_batches USING (batch_id, commit_sha256)
JOIN snapshots USING (number)
ORDER BY capture_id, number
