-- Candidates have a hash of their sketches in common, or all words. What more than 50 captures have
-- in common, boilerplate say, makes a candidate of each with the first of them alone, so that the
-- number of pairs stays bounded. Texts resemble each other by the share of hashes that both have
-- among the 16 smallest of the two (Broder 1997).
WITH texts AS (
    SELECT capture_id, document_id, text_sha256, sketch
    FROM document_versions
    JOIN captures USING (capture_id)
    WHERE word_count > 0
),

marks AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY mark) AS holder_count,
        row_number() OVER (PARTITION BY mark ORDER BY capture_id) AS place
    FROM (
        SELECT capture_id, document_id, unnest(sketch) AS mark FROM texts
        UNION ALL
        -- Hashes are positive: the negative ones here are no such hashes.
        SELECT capture_id, document_id, -CAST('0x' || text_sha256[:15] AS BIGINT) FROM texts
    )
),

pairs AS (
    SELECT DISTINCT one.capture_id, other.capture_id AS other_capture_id
    FROM marks AS one
    JOIN marks AS other
        ON one.mark = other.mark
        AND one.place < other.place
        AND (one.holder_count <= 50 OR one.place = 1)
    WHERE one.document_id <> other.document_id
),

compared AS (
    SELECT
        one.capture_id,
        other.capture_id AS other_capture_id,
        one.document_id,
        other.document_id AS other_document_id,
        one.text_sha256 = other.text_sha256 AS is_same,
        list_intersect(one.sketch, other.sketch) AS common,
        list_sort(list_distinct(list_concat(one.sketch, other.sketch)))[:16] AS smallest
    FROM pairs
    JOIN texts AS one ON pairs.capture_id = one.capture_id
    JOIN texts AS other ON pairs.other_capture_id = other.capture_id
)

SELECT
    capture_id,
    other_capture_id,
    document_id,
    other_document_id,
    CAST(
        CASE WHEN is_same THEN 1 ELSE len(list_intersect(common, smallest)) / len(smallest) END
        AS DOUBLE
    ) AS resemblance
FROM compared
WHERE is_same OR resemblance >= 0.5
