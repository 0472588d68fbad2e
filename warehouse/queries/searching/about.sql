-- Of what snapshot the index is.
CREATE TABLE work.about AS
SELECT
    $version AS index_version,
    snapshot_id,
    number AS snapshot_number,
    published_at,
    (SELECT count(*) FROM work.documents) AS document_count,
    (SELECT count(*) FROM work.passages) AS passage_count
FROM current_snapshot
