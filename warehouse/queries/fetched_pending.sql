-- Pages in the WARC files of fetches that no ingest has been given, the oldest file first.
FROM {fetches} AS fetches
SELECT warc_file, list(DISTINCT target_uri ORDER BY target_uri) AS addresses
WHERE outcome IN ('new', 'changed') AND NOT EXISTS (
    FROM {runs} AS runs
    WHERE kind = 'ingest' AND state = 'completed' AND contains(arguments, fetches.warc_file)
)
GROUP BY warc_file
ORDER BY warc_file
