-- A page of the documents that fit all filters, with the number of all that do.
SELECT
    document_id,
    title,
    publisher,
    publisher_id,
    document_type,
    language,
    country_codes,
    publication_date,
    word_count,
    version_count,
    count(*) OVER () AS found_count
FROM documents
WHERE
    ($title IS NULL OR contains(lower(title), lower($title)))
    AND ($publisher IS NULL OR publisher_id = $publisher)
    AND ($country IS NULL OR list_contains(country_codes, $country))
    AND ($type IS NULL OR document_type = $type)
    AND ($language IS NULL OR language = $language)
    AND ($first_year IS NULL OR publication_to >= make_date($first_year, 1, 1))
    AND ($last_year IS NULL OR publication_from <= make_date($last_year, 12, 31))
    AND (
        $tier IS NULL
        OR document_id IN (
            SELECT unnest(document_ids) FROM tip_timeline WHERE tier = $tier
        )
    )
ORDER BY
    CASE WHEN $sorted = 'oldest' THEN publication_from END ASC NULLS LAST,
    CASE WHEN $sorted = 'newest' THEN publication_from END DESC NULLS LAST,
    CASE WHEN $sorted = 'longest' THEN word_count END DESC NULLS LAST,
    title NULLS LAST,
    document_id
LIMIT $limit OFFSET $offset
