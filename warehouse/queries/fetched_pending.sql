-- WARC files of fetches with pages in them that no ingest has been given, the oldest first.
FROM {fetches} AS fetches
SELECT DISTINCT warc_file
WHERE outcome IN ('new', 'changed') AND NOT EXISTS (
    FROM {runs} AS runs
    WHERE kind = 'ingest' AND state = 'completed' AND contains(arguments, fetches.warc_file)
)
ORDER BY warc_file
