SELECT
    document_id,
    capture_id,
    seq,
    CAST(nullif(regexp_extract(value, '^([0-9]{4}) ', 1), '') AS INTEGER) AS told_year,
    regexp_replace(value, '^[0-9]{4} ', '') AS tier,
    raw AS printed,
    char_start,
    char_end,
    byte_start,
    byte_end
FROM statements
WHERE field = 'tip_history'
