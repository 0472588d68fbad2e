-- A page is placed once at most; its country and year are statements of their own.
WITH told AS (
    SELECT
        capture_id,
        any_value(value) FILTER (field = 'tip_country') AS country_code,
        any_value(TRY_CAST(value AS INTEGER)) FILTER (field = 'tip_report_year') AS report_year
    FROM statements
    WHERE field IN ('tip_country', 'tip_report_year')
    GROUP BY capture_id
)

SELECT
    placed.document_id,
    placed.capture_id,
    told.country_code,
    told.report_year,
    placed.value AS tier,
    placed.raw AS printed,
    placed.char_start,
    placed.char_end,
    placed.byte_start,
    placed.byte_end,
    placed.rule
FROM statements AS placed
LEFT JOIN told USING (capture_id)
WHERE placed.field = 'tip_placement'
