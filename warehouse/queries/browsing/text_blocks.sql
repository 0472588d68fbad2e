-- Some of the blocks of a capture in order, with their places in the rendition.
SELECT seq, kind, level, page, text, char_start, char_end
FROM blocks
WHERE capture_id = $capture_id AND char_end > $char_start AND char_start < $char_end
ORDER BY seq
