-- The versions of a document, best first, each with where and when it was captured.
WITH best AS (
    SELECT capture_id FROM documents WHERE document_id = $document_id
)
SELECT
    document_versions.*,
    target_uri,
    captured_at,
    byte_length,
    layout,
    best.capture_id IS NOT NULL AS is_best
FROM document_versions
JOIN captures USING (capture_id)
LEFT JOIN best USING (capture_id)
WHERE document_id = $document_id
ORDER BY
    is_best DESC,
    last_updated DESC NULLS LAST,
    accessed_date DESC NULLS LAST,
    captured_at DESC NULLS LAST,
    capture_id
