-- What is shown of passages. Their numbers stand in the query, so that no other's words are read.
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
WHERE passage_id IN ($passages)
