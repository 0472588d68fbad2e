-- A mention stands in the block that it names, and its span is as long as its words.
SELECT loaded_mentions.capture_id, loaded_mentions.seq, words
FROM loaded_mentions
LEFT JOIN loaded_blocks AS block
    ON block.capture_id = loaded_mentions.capture_id AND block.seq = block_seq
WHERE
    loaded_mentions.char_end - loaded_mentions.char_start <> length(words)
    OR NOT coalesce(
        loaded_mentions.char_start >= block.char_start
        AND loaded_mentions.char_end <= block.char_end,
        false
    )
