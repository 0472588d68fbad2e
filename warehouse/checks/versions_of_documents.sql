-- Every capture whose outcome is document has a version, and no other capture has one.
SELECT capture_id, outcome, document_id
FROM loaded_captures
FULL JOIN loaded_document_versions USING (capture_id)
WHERE (outcome IS NOT DISTINCT FROM 'document') <> (document_id IS NOT NULL)
