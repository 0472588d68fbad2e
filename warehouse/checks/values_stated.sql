-- Every value of a document version has its statement, and every country one of its own.
WITH held AS (
    SELECT
        capture_id,
        coalesce(len(country_codes), 0) AS country_count,
        -- Nulls are left out by list_distinct.
        list_distinct([
            'document_id', 'has_disclaimer', 'block_count', 'word_count', 'text_sha256',
            CASE WHEN title IS NOT NULL THEN 'title' END,
            CASE WHEN publisher IS NOT NULL THEN 'publisher' END,
            CASE WHEN publisher_id IS NOT NULL THEN 'publisher_id' END,
            CASE WHEN author IS NOT NULL THEN 'author' END,
            CASE WHEN document_type IS NOT NULL THEN 'document_type' END,
            CASE WHEN language IS NOT NULL THEN 'language' END,
            CASE WHEN len(country_codes) > 0 THEN 'country_codes' END,
            CASE WHEN publication_date IS NOT NULL THEN 'publication_date' END,
            CASE WHEN publication_from IS NOT NULL THEN 'publication_from' END,
            CASE WHEN publication_to IS NOT NULL THEN 'publication_to' END,
            CASE WHEN document_symbol IS NOT NULL THEN 'document_symbol' END,
            CASE WHEN reference IS NOT NULL THEN 'reference' END,
            CASE WHEN related_documents IS NOT NULL THEN 'related_documents' END,
            CASE WHEN comments IS NOT NULL THEN 'comments' END,
            CASE WHEN cite_as IS NOT NULL THEN 'cite_as' END,
            CASE WHEN cite_uri IS NOT NULL THEN 'cite_uri' END,
            CASE WHEN accessed_date IS NOT NULL THEN 'accessed_date' END,
            CASE WHEN last_updated IS NOT NULL THEN 'last_updated' END,
            CASE WHEN disclaimer IS NOT NULL THEN 'disclaimer' END
        ]) AS fields
    FROM loaded_document_versions
),
stated AS (
    SELECT
        capture_id,
        list(DISTINCT field) AS fields,
        count(*) FILTER (field = 'country_codes') AS country_count
    FROM loaded_statements
    GROUP BY capture_id
)
SELECT held.capture_id, held.fields AS held_fields, stated.fields AS stated_fields
FROM held
LEFT JOIN stated USING (capture_id)
WHERE
    NOT coalesce(list_has_all(stated.fields, held.fields), false)
    OR held.country_count <> stated.country_count
