-- How many new documents a run brought, in all and by layout, in what share of them each value is
-- known, and how much was found in them on average.
WITH brought AS (
    SELECT
        document_versions.*,
        layout,
        (SELECT count(*) FROM blocks WHERE blocks.capture_id = captures.capture_id) AS blocks,
        (SELECT count(*) FROM statements WHERE statements.capture_id = captures.capture_id)
            AS statements
    FROM acquisitions
    JOIN document_versions USING (capture_id)
    JOIN captures USING (capture_id)
    WHERE run_id = $run_id AND acquisitions.outcome = 'new'
),

rates AS (
    SELECT
        coalesce(layout, '') AS layout,
        CAST(count(*) AS DOUBLE) AS documents,
        avg(blocks) AS blocks_each,
        avg(statements) AS statements_each,
        avg(CAST(title IS NOT NULL AS DOUBLE)) AS title,
        avg(CAST(publisher IS NOT NULL AS DOUBLE)) AS publisher,
        avg(CAST(publisher_id IS NOT NULL AS DOUBLE)) AS publisher_id,
        avg(CAST(publication_date IS NOT NULL AS DOUBLE)) AS publication_date,
        avg(CAST(cite_as IS NOT NULL AS DOUBLE)) AS cite_as,
        avg(CAST(language IS NOT NULL AS DOUBLE)) AS language,
        avg(CAST(coalesce(len(country_codes), 0) > 0 AS DOUBLE)) AS country_codes
    FROM brought
    GROUP BY GROUPING SETS ((), (layout))
)

SELECT layout, name, value
FROM (UNPIVOT rates ON COLUMNS(* EXCLUDE (layout)) INTO NAME name VALUE value)
