SELECT
    document_id,
    capture_id,
    cite_as,
    cite_uri,
    accessed_date,
    target_uri,
    captured_at,
    payload_sha256,
    capture_id = first_value(capture_id) OVER latest AS is_latest,
    count(*) OVER (PARTITION BY document_id) AS version_count
FROM document_versions
JOIN captures USING (capture_id)
WINDOW
    latest AS (
        PARTITION BY document_id
        ORDER BY
            last_updated DESC NULLS LAST,
            accessed_date DESC NULLS LAST,
            captured_at DESC NULLS LAST,
            capture_id
    )
