-- The snapshot that the database is.
SELECT *
FROM current_snapshot
