-- The tables and their columns.
SELECT *
FROM dictionary
ORDER BY table_name, position
