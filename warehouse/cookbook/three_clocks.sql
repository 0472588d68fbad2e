-- Three clocks
-- When was each version published, updated, captured and taken in?
SELECT document_id, publication_from, last_updated, accessed_date, captured_at, first_seen_at
FROM version_times
ORDER BY document_id, first_seen_at
