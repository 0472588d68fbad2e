-- A capture with what is known of its way here.
SELECT
    captures.* EXCLUDE (sketch),
    batches.code_version,
    (
        SELECT list(DISTINCT run_id ORDER BY run_id)
        FROM acquisitions
        WHERE acquisitions.capture_id = captures.capture_id
    ) AS run_ids,
    (SELECT max(char_end) FROM blocks WHERE blocks.capture_id = captures.capture_id) AS char_count
FROM captures
JOIN batches ON captures.warc_file = batches.batch_id || '.warc.gz'
WHERE capture_id = $capture_id
