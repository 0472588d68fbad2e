-- UNHCR's own texts carry no disclaimer; a disclaimer says that the text is another's. Of a
-- publisher whom the authority does not know, one that has UNHCR in its name decides nothing, nor
-- does UNHCR's governing body, which is not UNHCR.
WITH placed AS (
    SELECT
        documents.*,
        regexp_matches(
            coalesce(cite_uri, '') || ' ' || coalesce(target_uri, ''),
            '(^|[ /])https?://?([a-z0-9-]+\.)*(refworld|unhcr)\.org([:/]|$| )',
            'i'
        ) AS is_on_refworld,
        CASE
            WHEN publisher_id = 'UNHCR' THEN true
            WHEN publisher_id = 'EXCOM' THEN NULL
            WHEN publisher_id IS NOT NULL THEN false
            WHEN
                publisher IS NOT NULL
                AND NOT regexp_matches(publisher, 'UNHCR|High Commissioner', 'i')
                THEN false
        END AS is_published_by_unhcr
    FROM documents
    JOIN (SELECT capture_id, target_uri FROM captures) USING (capture_id)
)

SELECT
    document_id,
    capture_id,
    publisher,
    publisher_id,
    author,
    CASE WHEN has_disclaimer THEN false ELSE is_published_by_unhcr END AS is_unhcr_publication,
    CASE
        WHEN has_disclaimer THEN 'disclaimer'
        WHEN is_published_by_unhcr IS NOT NULL THEN 'publisher'
    END AS decided_by,
    CASE WHEN is_on_refworld THEN 'UNHCR' END AS host
FROM placed
