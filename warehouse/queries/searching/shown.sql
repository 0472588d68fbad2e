-- What is shown of passages. Asked for by their rows, they are all whose words are unpacked.
SELECT
    passage_id,
    document_id,
    capture_id,
    block_seq,
    kind,
    title,
    publisher,
    publisher_id,
    document_type,
    language,
    country_codes,
    publication_date,
    section_heading,
    left(text, 20000) AS text,
    char_start,
    char_end,
    byte_start,
    byte_end
FROM passages
JOIN documents USING (document_number)
WHERE passages.rowid IN (SELECT rowid FROM passages WHERE passage_id IN ($passages))
