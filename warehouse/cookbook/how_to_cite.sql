-- How to cite
-- What is the printed citation of each document, and which capture does it lead to?
SELECT document_id, cite_as, cite_uri, accessed_date, payload_sha256
FROM citations
WHERE is_latest
ORDER BY document_id
