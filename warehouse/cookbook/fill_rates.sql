-- How much is known
-- In what share of the documents is each value known, by layout?
SELECT
    layout,
    count(*) AS documents,
    round(avg(CAST(title IS NOT NULL AS INTEGER)), 3) AS title,
    round(avg(CAST(publisher IS NOT NULL AS INTEGER)), 3) AS publisher,
    round(avg(CAST(publication_date IS NOT NULL AS INTEGER)), 3) AS publication_date,
    round(avg(CAST(cite_as IS NOT NULL AS INTEGER)), 3) AS cite_as,
    round(avg(CAST(language IS NOT NULL AS INTEGER)), 3) AS language,
    round(avg(CAST(len(country_codes) > 0 AS INTEGER)), 3) AS country_codes
FROM documents
JOIN captures USING (capture_id)
GROUP BY layout
ORDER BY documents DESC, layout
