-- A capture is of one series at most; its year and country are statements of their own.
WITH told AS (
    SELECT
        capture_id,
        any_value(value) FILTER (field = 'series_year') AS edition,
        any_value(raw) FILTER (field = 'series_year') AS printed_year,
        any_value(value) FILTER (field = 'series_country') AS country_code
    FROM statements
    WHERE field IN ('series_year', 'series_country')
    GROUP BY capture_id
)

SELECT
    named.document_id,
    named.capture_id,
    named.value AS series,
    CAST(left(edition, 4) AS INTEGER) AS series_year,
    edition,
    country_code,
    named.raw AS printed,
    printed_year,
    named.char_start,
    named.char_end,
    named.byte_start,
    named.byte_end,
    named.rule
FROM statements AS named
LEFT JOIN told USING (capture_id)
WHERE named.field = 'series'
