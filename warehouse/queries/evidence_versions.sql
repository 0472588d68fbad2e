-- The versions of a document, the best first, each with all that is known of its capture, of the
-- batch that holds it and of the code that read it.
WITH versions AS (
    SELECT
        document_versions.*,
        publishers.kind AS publisher_kind,
        byte_length,
        media_type,
        charset,
        http_status,
        warc_type,
        warc_record_id,
        layout,
        target_uri,
        captured_at,
        payload_sha256,
        warc_file,
        warc_offset,
        code_version,
        batch_id,
        commit_sha256,
        known_from,
        known_by,
        coalesce(captured_at, CAST(accessed_date AS TIMESTAMP), first_seen_at) AS seen_at
    FROM document_versions
    JOIN captures USING (capture_id)
    JOIN batches ON warc_file = batch_id || '.warc.gz'
    JOIN (
        SELECT capture_id, known_from, known_by, first_seen_at FROM version_times
    ) USING (capture_id)
    LEFT JOIN publishers USING (publisher_id)
    WHERE document_id = $document_id
)

SELECT
    version.*,
    (
        SELECT is_unhcr_publication FROM roles WHERE document_id = $document_id
    ) AS is_unhcr_publication,
    (
        SELECT list(other.capture_id ORDER BY other.seen_at, other.capture_id)
        FROM versions AS other
        WHERE other.seen_at > version.seen_at AND other.text_sha256 <> version.text_sha256
    ) AS later_capture_ids
FROM versions AS version
ORDER BY
    (title IS NULL),
    last_updated DESC NULLS LAST,
    accessed_date DESC NULLS LAST,
    captured_at DESC NULLS LAST,
    capture_id
