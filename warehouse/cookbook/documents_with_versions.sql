-- Documents captured more than once
-- Which documents are there in several versions, and do their words differ?
SELECT
    document_id,
    count(*) AS versions,
    count(DISTINCT text_sha256) AS texts,
    min(last_updated) AS first_updated,
    max(last_updated) AS last_updated
FROM document_versions
GROUP BY document_id
HAVING count(*) > 1
ORDER BY versions DESC, document_id
