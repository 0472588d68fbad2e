-- White space that trim() alone would leave: line ends, tabs, form feeds and no-break spaces.
WITH placed AS (
    SELECT
        capture_id,
        section_seq,
        seq,
        text,
        kind = 'heading'
            AND seq = min(seq) FILTER (kind = 'heading') OVER (PARTITION BY capture_id, section_seq)
            AS is_heading
    FROM blocks
    WHERE section_seq IS NOT NULL
)
SELECT
    capture_id,
    section_seq,
    trim(
        string_agg(text, '' ORDER BY seq) FILTER (is_heading),
        ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160)
    ) AS heading,
    trim(
        coalesce(string_agg(text, '' ORDER BY seq) FILTER (NOT is_heading), ''),
        ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160)
    ) AS text
FROM placed
GROUP BY capture_id, section_seq
