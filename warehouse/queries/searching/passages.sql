-- Every block that says something, with the heading that it stands under.
CREATE TABLE work.passages AS
WITH headings AS (
    SELECT capture_id, section_seq, min_by(text, seq) AS heading
    FROM blocks
    WHERE kind = 'heading'
    GROUP BY capture_id, section_seq
)

SELECT
    CAST(row_number() OVER (ORDER BY document_number, seq) AS BIGINT) AS passage_id,
    document_number,
    seq AS block_seq,
    kind,
    kind NOT IN ('header_field', 'boilerplate') AS is_content,
    coalesce(language = 'en', true) AS is_stemmed,
    nullif(trim(heading), '') AS section_heading,
    text,
    char_start,
    char_end,
    byte_start,
    byte_end
FROM blocks
JOIN work.documents USING (capture_id)
LEFT JOIN headings USING (capture_id, section_seq)
WHERE kind <> 'blank'
