-- Each document by its best version, numbered.
CREATE TABLE work.documents AS
SELECT
    CAST(row_number() OVER (ORDER BY document_id) AS INTEGER) AS document_number,
    document_id,
    capture_id,
    title,
    publisher,
    publisher_id,
    document_type,
    language,
    country_codes,
    publication_date,
    publication_from,
    publication_to
FROM documents
