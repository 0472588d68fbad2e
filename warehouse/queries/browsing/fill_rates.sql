-- In what share of the documents of each layout each value is known.
WITH known AS (
    SELECT
        layout,
        count(*) AS document_count,
        avg(CAST(title IS NOT NULL AS INTEGER)) AS title,
        avg(CAST(publisher IS NOT NULL AS INTEGER)) AS publisher,
        avg(CAST(author IS NOT NULL AS INTEGER)) AS author,
        avg(CAST(publication_date IS NOT NULL AS INTEGER)) AS publication_date,
        avg(CAST(cite_as IS NOT NULL AS INTEGER)) AS cite_as,
        avg(CAST(cite_uri IS NOT NULL AS INTEGER)) AS cite_uri,
        avg(CAST(accessed_date IS NOT NULL AS INTEGER)) AS accessed_date,
        avg(CAST(last_updated IS NOT NULL AS INTEGER)) AS last_updated,
        avg(CAST(has_disclaimer AS INTEGER)) AS disclaimer,
        avg(CAST(language IS NOT NULL AS INTEGER)) AS language,
        avg(CAST(coalesce(len(country_codes), 0) > 0 AS INTEGER)) AS country_codes
    FROM documents
    JOIN captures USING (capture_id)
    GROUP BY layout
)

SELECT layout, document_count, field, share
FROM (UNPIVOT known ON COLUMNS(* EXCLUDE (layout, document_count)) INTO NAME field VALUE share)
ORDER BY document_count DESC, layout, field
