-- The snapshot that the database is.
FROM current_snapshot
