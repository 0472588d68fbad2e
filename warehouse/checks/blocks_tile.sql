-- The blocks of a document lie end to end from its first character: no gap, no overlap. So do the
-- bytes of text; of HTML, tags stand between them; the pages of a PDF follow each other.
SELECT capture_id, seq, char_start, char_before AS expected_char_start
FROM (
    SELECT
        capture_id,
        seq,
        char_start,
        byte_start,
        row_number() OVER in_order - 1 AS position,
        lag(char_end, 1, 0) OVER in_order AS char_before,
        lag(byte_end, 1, 0) OVER in_order AS byte_before,
        page,
        lag(page, 1, page) OVER in_order AS page_before
    FROM loaded_blocks
    WINDOW in_order AS (PARTITION BY capture_id ORDER BY seq)
)
LEFT JOIN loaded_captures USING (capture_id)
WHERE
    seq <> position
    OR char_start <> char_before
    OR (
        (
            byte_start <> byte_before
            OR (position > 0 AND (byte_start IS NULL) <> (byte_before IS NULL))
        )
        AND NOT coalesce(layout LIKE '%\_html' ESCAPE '\', false)
    )
    OR page < page_before
    OR (page IS NULL) <> (page_before IS NULL)
