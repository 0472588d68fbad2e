-- The captures of documents, all their versions.
SELECT capture_id
FROM document_versions
WHERE list_contains($document_ids, document_id)
ORDER BY capture_id
