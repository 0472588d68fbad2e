-- A statement's span is as long as its printed words, and one without words has no span. Bytes
-- without characters are those of an attribute of HTML; HTML may have characters without bytes, and
-- a PDF has no others.
SELECT capture_id, seq, field, raw, char_start, char_end
FROM loaded_statements
LEFT JOIN loaded_captures USING (capture_id)
WHERE
    (char_start IS NULL) <> (char_end IS NULL)
    OR (byte_start IS NULL) <> (byte_end IS NULL)
    OR (
        char_start IS NULL
        AND byte_start IS NOT NULL
        AND NOT coalesce(layout LIKE '%\_html' ESCAPE '\', false)
    )
    OR (
        char_start IS NOT NULL
        AND byte_start IS NULL
        AND NOT coalesce(layout LIKE '%\_html' ESCAPE '\' OR layout = 'pdf', false)
    )
    OR (byte_start IS NOT NULL AND raw IS NULL)
    OR (char_start IS NOT NULL AND char_end - char_start IS DISTINCT FROM length(raw))
    OR byte_end < byte_start
