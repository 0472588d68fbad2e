-- The best version of a document, or the version that the beginning of a capture's id names.
SELECT
    document_versions.document_id,
    document_versions.capture_id,
    document_versions.title,
    document_versions.publication_date
FROM document_versions
LEFT JOIN documents ON documents.capture_id = document_versions.capture_id
WHERE
    documents.document_id = $id
    OR (length($id) >= 8 AND starts_with(document_versions.capture_id, $id))
ORDER BY documents.document_id = $id DESC NULLS LAST, document_versions.capture_id
