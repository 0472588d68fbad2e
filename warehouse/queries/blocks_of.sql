-- The blocks of a capture in order.
SELECT seq, kind, level, section_seq, text
FROM blocks
WHERE capture_id = $capture_id
ORDER BY seq
