-- The captures of a document in the order in which they can be known.
SELECT
    version_times.*,
    target_uri,
    layout,
    capture_id IN (SELECT capture_id FROM documents WHERE document_id = $document_id) AS is_best
FROM version_times
JOIN (SELECT capture_id, target_uri, layout FROM captures) USING (capture_id)
WHERE document_id = $document_id
ORDER BY known_from NULLS LAST, captured_at NULLS LAST, first_seen_at, capture_id
