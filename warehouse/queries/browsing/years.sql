-- Documents by year, and by those publishers that have the most; the others are one.
WITH dated AS (
    SELECT year(publication_from) AS year, publisher_id
    FROM documents
    WHERE
        publication_from IS NOT NULL
        AND ($country IS NULL OR list_contains(country_codes, $country))
        AND ($first_year IS NULL OR year(publication_from) >= $first_year)
        AND ($last_year IS NULL OR year(publication_from) <= $last_year)
),

largest AS (
    SELECT publisher_id
    FROM dated
    WHERE publisher_id IS NOT NULL
    GROUP BY publisher_id
    ORDER BY count(*) DESC, publisher_id
    LIMIT $publishers
)

SELECT
    year,
    CASE
        WHEN largest.publisher_id IS NOT NULL THEN coalesce(name, dated.publisher_id)
        ELSE 'all others'
    END AS publisher,
    count(*) AS document_count
FROM dated
LEFT JOIN largest USING (publisher_id)
LEFT JOIN publishers USING (publisher_id)
GROUP BY ALL
ORDER BY year, publisher
