-- Destinations of victims
-- Which destinations are named for victims from Peru?
WITH pairs AS (
    SELECT
        capture_id,
        block_seq,
        there.country_code,
        here.words AS victims,
        there.words AS destination,
        substring(
            text,
            here.char_end - block.char_start + 1,
            there.char_start - here.char_end
        ) AS between_them
    FROM mentions AS here
    JOIN mentions AS there USING (capture_id, block_seq)
    JOIN blocks AS block USING (capture_id)
    WHERE block.seq = block_seq
        AND here.country_code = 'PER'
        AND there.country_code <> 'PER'
        AND there.kind = 'name'
        AND there.char_start > here.char_end
        AND regexp_matches(text, '(?i)\b(victims?|traffick|exploit|smuggl)')
)

SELECT
    country_code,
    name,
    count(DISTINCT document_id) AS documents,
    min(publication_from) AS first_published,
    max(publication_from) AS last_published,
    min(victims || between_them || destination) AS printed
FROM pairs
JOIN documents USING (capture_id)
JOIN countries USING (country_code)
-- In one sentence with the victims, and behind a word for a way or a place.
WHERE regexp_matches(between_them, '\b(to|into|in|towards)\b')
    AND NOT regexp_matches(between_them, '[.!?] ')
GROUP BY country_code, name
ORDER BY documents DESC, country_code
