-- A statement's span is as long as its printed words, and one without words has no span. Words of
-- a PDF stand in its rendition and are no stretch of its bytes.
SELECT capture_id, seq, field, raw, char_start, char_end
FROM loaded_statements
WHERE
    (char_start IS NULL) <> (char_end IS NULL)
    OR (char_start IS NULL AND byte_start IS NOT NULL)
    OR (byte_start IS NULL) <> (byte_end IS NULL)
    OR (char_start IS NOT NULL AND char_end - char_start IS DISTINCT FROM length(raw))
    OR byte_end < byte_start
