-- A link's words begin in the block that it names, and a link without words names none.
SELECT loaded_links.capture_id, loaded_links.seq, target_uri
FROM loaded_links
LEFT JOIN loaded_blocks AS block
    ON block.capture_id = loaded_links.capture_id AND block.seq = block_seq
WHERE
    (block_seq IS NULL) <> (loaded_links.char_start IS NULL)
    OR (loaded_links.char_start IS NULL) <> (loaded_links.char_end IS NULL)
    OR (block_seq IS NOT NULL AND NOT coalesce(
        loaded_links.char_start >= block.char_start AND loaded_links.char_start < block.char_end,
        false
    ))
    OR (loaded_links.byte_start IS NULL) <> (loaded_links.byte_end IS NULL)
