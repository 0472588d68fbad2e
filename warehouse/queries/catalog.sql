-- All that a database's definition says, for comparing it with another's.
SELECT table_name, column_name, data_type, is_nullable, comment
FROM duckdb_columns()
WHERE NOT internal
UNION ALL
SELECT table_name, constraint_text, constraint_type, NULL, NULL
FROM duckdb_constraints()
UNION ALL
SELECT table_name, NULL, NULL, NULL, comment
FROM duckdb_tables()
WHERE NOT internal
UNION ALL
-- What DuckDB gives as the text of a view or a table macro is not what it was made with.
SELECT view_name, NULL, NULL, NULL, comment
FROM duckdb_views()
WHERE NOT internal
UNION ALL
SELECT
    function_name,
    CASE function_type WHEN 'macro' THEN macro_definition END,
    array_to_string(parameters, ', '),
    NULL,
    comment
FROM duckdb_functions()
WHERE NOT internal
