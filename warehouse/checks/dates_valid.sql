-- A publication date is a calendar date of EDTF level 0, and its first and last day span it.
SELECT capture_id, publication_date, publication_from, publication_to
FROM (
    SELECT
        *,
        try_cast(CASE length(publication_date)
            WHEN 4 THEN publication_date || '-01-01'
            WHEN 7 THEN publication_date || '-01'
            WHEN 10 THEN publication_date
        END AS DATE) AS first_day,
        CASE length(publication_date)
            WHEN 4 THEN INTERVAL 1 YEAR
            WHEN 7 THEN INTERVAL 1 MONTH
            WHEN 10 THEN INTERVAL 1 DAY
        END AS extent
    FROM loaded_document_versions
)
WHERE
    (publication_date IS NOT NULL AND NOT (
        regexp_full_match(publication_date, '\d{4}(-\d\d(-\d\d)?)?')
        AND first_day IS NOT NULL
    ))
    OR publication_from IS DISTINCT FROM first_day
    OR publication_to IS DISTINCT FROM CAST(first_day + extent - INTERVAL 1 DAY AS DATE)
