-- Each document by its best version. Headings are lined up without the numbers before them, their
-- case and the marks behind them; of those that a document has twice, the first with the first.
WITH placed AS (
    SELECT
        series,
        country_code,
        series_year,
        documents.document_id,
        capture_id,
        section_seq,
        heading,
        lower(trim(
            regexp_replace(
                heading, '^\s*(?:(?:section\s+)?(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}|[ivxIVX]{1,6}|[a-zA-Z])[.)]\s*)?', ''
            ),
            ' .:;,*' || chr(9) || chr(10) || chr(13) || chr(160)
        )) AS heading_key,
        text
    FROM series
    JOIN documents USING (capture_id)
    JOIN sections USING (capture_id)
    WHERE country_code IS NOT NULL AND series_year IS NOT NULL
),

numbered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY capture_id, heading_key ORDER BY section_seq
        ) AS occurrence
    FROM placed
)

SELECT
    series,
    country_code,
    coalesce(heading_key, '') AS heading_key,
    occurrence,
    series_year,
    document_id,
    capture_id,
    section_seq,
    heading,
    text,
    lag(series_year) OVER line AS previous_year,
    lag(capture_id) OVER line AS previous_capture_id,
    lag(text) OVER line = text AS is_as_before
FROM numbered
WINDOW line AS (
    PARTITION BY series, country_code, heading_key, occurrence ORDER BY series_year, document_id
)
