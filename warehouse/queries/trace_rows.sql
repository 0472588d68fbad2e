-- The statements of a document's best version, each with its words in their context and the way
-- back to the preserved bytes.
WITH best AS (
    SELECT capture_id FROM documents WHERE document_id = $document_id
),
rendition AS (
    SELECT capture_id, string_agg(text, '' ORDER BY seq) AS text
    FROM blocks
    WHERE capture_id IN (FROM best)
    GROUP BY capture_id
),
seen AS (
    SELECT capture_id, list(DISTINCT run_id ORDER BY run_id) AS run_ids
    FROM acquisitions
    WHERE capture_id IN (FROM best)
    GROUP BY capture_id
)
SELECT
    statements.*,
    CASE WHEN char_start IS NOT NULL THEN
        substr(rendition.text, greatest(char_start - $context, 0) + 1, least(char_start, $context))
    END AS before,
    CASE WHEN char_start IS NOT NULL THEN
        substr(rendition.text, char_end + 1, $context)
    END AS after,
    payload_sha256,
    media_type,
    layout,
    charset,
    target_uri,
    captured_at,
    warc_file,
    warc_offset,
    code_version,
    coalesce(run_ids, []) AS run_ids
FROM statements
JOIN captures USING (capture_id)
JOIN batches ON captures.warc_file = batches.batch_id || '.warc.gz'
LEFT JOIN rendition USING (capture_id)
LEFT JOIN seen USING (capture_id)
WHERE
    capture_id IN (FROM best)
    AND ($field IS NULL OR field = $field)
ORDER BY seq
