-- A block's span is as long as its text, no block is empty, and bytes have a start and an end.
SELECT capture_id, seq, char_start, char_end, length(text) AS text_length
FROM loaded_blocks
WHERE
    char_end - char_start <> length(text)
    OR char_end <= char_start
    OR byte_end <= byte_start
    OR (byte_start IS NULL) <> (byte_end IS NULL)
