-- UNHCR's own texts carry no disclaimer; a disclaimer says that the text is another's.
SELECT
    document_id,
    capture_id,
    publisher,
    publisher_id,
    author,
    CASE
        WHEN has_disclaimer THEN false
        WHEN publisher_id = 'UNHCR' THEN true
        WHEN publisher IS NOT NULL OR publisher_id IS NOT NULL THEN false
    END AS is_unhcr_publication
FROM documents
