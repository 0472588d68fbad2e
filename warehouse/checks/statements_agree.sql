-- A statement about a column of document_versions has that column's value.
SELECT capture_id, seq, field, value
FROM loaded_statements AS stated
JOIN loaded_document_versions AS version USING (capture_id)
WHERE CASE field
    WHEN 'document_id' THEN value IS DISTINCT FROM version.document_id
    WHEN 'title' THEN value IS DISTINCT FROM title
    WHEN 'publisher' THEN value IS DISTINCT FROM publisher
    WHEN 'publisher_id' THEN value IS DISTINCT FROM publisher_id
    WHEN 'author' THEN value IS DISTINCT FROM author
    WHEN 'document_type' THEN value IS DISTINCT FROM document_type
    WHEN 'language' THEN value IS DISTINCT FROM language
    WHEN 'country_codes' THEN NOT coalesce(list_contains(country_codes, value), false)
    WHEN 'publication_date' THEN value IS DISTINCT FROM publication_date
    WHEN 'publication_from' THEN value IS DISTINCT FROM CAST(publication_from AS VARCHAR)
    WHEN 'publication_to' THEN value IS DISTINCT FROM CAST(publication_to AS VARCHAR)
    WHEN 'document_symbol' THEN value IS DISTINCT FROM document_symbol
    WHEN 'reference' THEN value IS DISTINCT FROM reference
    WHEN 'related_documents' THEN value IS DISTINCT FROM related_documents
    WHEN 'comments' THEN value IS DISTINCT FROM comments
    WHEN 'cite_as' THEN value IS DISTINCT FROM cite_as
    WHEN 'cite_uri' THEN value IS DISTINCT FROM cite_uri
    WHEN 'accessed_date' THEN value IS DISTINCT FROM CAST(accessed_date AS VARCHAR)
    WHEN 'last_updated' THEN value IS DISTINCT FROM strftime(last_updated, '%Y-%m-%dT%H:%M:%SZ')
    WHEN 'disclaimer' THEN value IS DISTINCT FROM disclaimer
    WHEN 'has_disclaimer' THEN value IS DISTINCT FROM CAST(has_disclaimer AS VARCHAR)
    WHEN 'block_count' THEN value IS DISTINCT FROM CAST(block_count AS VARCHAR)
    WHEN 'word_count' THEN value IS DISTINCT FROM CAST(word_count AS VARCHAR)
    WHEN 'text_sha256' THEN value IS DISTINCT FROM text_sha256
    ELSE false -- A further header label, which has no column.
END
