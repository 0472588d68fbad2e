SELECT
    document_versions.*,
    count(*) OVER (PARTITION BY document_id) AS version_count
FROM document_versions
JOIN captures USING (capture_id)
QUALIFY $best_version
