-- A document has as many blocks as its version says, and what is no document has none.
SELECT capture_id, block_count, found
FROM (SELECT capture_id, count(*) AS found FROM loaded_blocks GROUP BY capture_id)
FULL JOIN loaded_document_versions USING (capture_id)
WHERE block_count IS DISTINCT FROM found AND NOT (block_count = 0 AND found IS NULL)
