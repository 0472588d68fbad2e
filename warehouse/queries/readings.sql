-- What one commit of a batch says of each of its captures; in a pack lie those of others too.
SELECT
    $batch_id AS batch_id,
    $commit_sha256 AS commit_sha256,
    $code_version AS code_version,
    captures.capture_id,
    captures.outcome,
    versions.* EXCLUDE (capture_id)
FROM read_parquet($captures) AS captures
LEFT JOIN read_parquet($document_versions) AS versions USING (capture_id)
WHERE captures.warc_file = $warc_file
ORDER BY captures.capture_id
