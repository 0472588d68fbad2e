-- The statements of a capture.
SELECT seq, field, value, raw, char_start, char_end, byte_start, byte_end, rule
FROM statements
WHERE capture_id = $capture_id
ORDER BY seq
