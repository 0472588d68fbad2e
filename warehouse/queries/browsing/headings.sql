-- The headings of a capture in order.
SELECT seq, level, trim(text) AS text, char_start
FROM blocks
WHERE capture_id = $capture_id AND kind = 'heading'
ORDER BY seq
LIMIT 300
