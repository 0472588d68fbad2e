WITH seen AS (
    SELECT capture_id, list(DISTINCT run_id ORDER BY run_id) AS run_ids
    FROM acquisitions
    WHERE capture_id IS NOT NULL
    GROUP BY capture_id
)

SELECT
    statements.document_id,
    statements.capture_id,
    statements.seq,
    field,
    value,
    raw,
    char_start,
    char_end,
    byte_start,
    byte_end,
    rule,
    code_version,
    payload_sha256,
    warc_file,
    warc_offset,
    target_uri,
    captured_at,
    coalesce(run_ids, []) AS run_ids
FROM statements
JOIN captures USING (capture_id)
JOIN batches ON warc_file = batch_id || '.warc.gz'
LEFT JOIN seen USING (capture_id)
WHERE statements.document_id = CAST(id AS VARCHAR)
