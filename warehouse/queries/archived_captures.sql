-- The captures of a WARC file, as the database knows them, in order of their records.
SELECT captures.capture_id, warc_offset, target_uri, document_id
FROM captures LEFT JOIN document_versions USING (capture_id)
WHERE warc_file = $warc_file
ORDER BY warc_offset
