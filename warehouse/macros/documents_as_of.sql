SELECT
    document_versions.*,
    count(*) OVER (PARTITION BY document_id) AS version_count,
    known_from,
    known_by
FROM document_versions
JOIN captures USING (capture_id)
JOIN (SELECT capture_id, known_from, known_by FROM version_times) USING (capture_id)
WHERE known_from <= CAST(day AS DATE)
QUALIFY $best_version
