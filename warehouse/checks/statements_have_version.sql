-- A statement is about the document whose version its capture is.
SELECT loaded_statements.capture_id, seq, field, loaded_statements.document_id
FROM loaded_statements
LEFT JOIN loaded_document_versions USING (capture_id)
WHERE loaded_document_versions.document_id IS DISTINCT FROM loaded_statements.document_id
