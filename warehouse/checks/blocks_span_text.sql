-- A block's span is as long as its text, and no block is empty.
SELECT capture_id, seq, char_start, char_end, length(text) AS text_length
FROM loaded_blocks
WHERE char_end - char_start <> length(text) OR char_end <= char_start OR byte_end <= byte_start
