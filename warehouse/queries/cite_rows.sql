-- The versions of a document with what a citation needs, the best first; `later` has the captures
-- made after each that have other words.
WITH versions AS (
    SELECT
        document_versions.*,
        publishers.kind AS publisher_kind,
        target_uri,
        captured_at,
        payload_sha256,
        warc_file,
        warc_offset,
        known_from,
        coalesce(captured_at, CAST(accessed_date AS TIMESTAMP), first_seen_at) AS seen_at,
        row_number() OVER (
            ORDER BY
                (title IS NULL),
                last_updated DESC NULLS LAST,
                accessed_date DESC NULLS LAST,
                captured_at DESC NULLS LAST,
                capture_id
        ) AS place
    FROM document_versions
    JOIN captures USING (capture_id)
    JOIN (SELECT capture_id, known_from, first_seen_at FROM version_times) USING (capture_id)
    LEFT JOIN publishers USING (publisher_id)
    WHERE document_id = $document_id
)

SELECT
    cited.*,
    (
        SELECT list(other.capture_id ORDER BY other.seen_at, other.capture_id)
        FROM versions AS other
        WHERE other.seen_at > cited.seen_at AND other.text_sha256 <> cited.text_sha256
    ) AS later_capture_ids
FROM versions AS cited
ORDER BY place
