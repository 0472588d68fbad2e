-- How many new documents a run brought, by publisher and layout, and what share of them has which
-- value.
WITH brought AS (
    SELECT document_versions.*, layout
    FROM acquisitions
    JOIN document_versions USING (capture_id)
    JOIN captures USING (capture_id)
    WHERE run_id = $run_id AND acquisitions.outcome = 'new'
),

rates AS (
    SELECT
        count(*) AS documents,
        avg(CAST(title IS NOT NULL AS INTEGER)) AS title,
        avg(CAST(publisher IS NOT NULL AS INTEGER)) AS publisher,
        avg(CAST(publisher_id IS NOT NULL AS INTEGER)) AS publisher_id,
        avg(CAST(publication_date IS NOT NULL AS INTEGER)) AS publication_date,
        avg(CAST(cite_as IS NOT NULL AS INTEGER)) AS cite_as,
        avg(CAST(language IS NOT NULL AS INTEGER)) AS language,
        avg(CAST(coalesce(len(country_codes), 0) > 0 AS INTEGER)) AS country_codes
    FROM brought
)

SELECT 'documents' AS name, CAST(documents AS DOUBLE) AS value
FROM rates
UNION ALL
SELECT name, value
FROM (UNPIVOT rates ON COLUMNS(* EXCLUDE (documents)) INTO NAME name VALUE value)
