SELECT
    document_versions.*,
    count(*) OVER (PARTITION BY document_id) AS version_count
FROM document_versions
JOIN captures USING (capture_id)
QUALIFY row_number() OVER (
    PARTITION BY document_id
    ORDER BY
        title IS NULL,
        last_updated DESC NULLS LAST,
        accessed_date DESC NULLS LAST,
        captured_at DESC NULLS LAST,
        capture_id
) = 1
