-- Every table, view and table macro with its columns, those of one after the other.
WITH described AS (
    SELECT table_name AS name, 'table' AS kind, comment
    FROM duckdb_tables()
    WHERE NOT internal
    UNION ALL
    SELECT view_name, 'view', comment
    FROM duckdb_views()
    WHERE NOT internal
    UNION ALL
    SELECT
        function_name || '(' || array_to_string(parameters, ', ') || ')',
        'macro',
        comment
    FROM duckdb_functions()
    WHERE NOT internal AND function_type = 'table_macro'
)

SELECT name, kind, coalesce(comment, '') AS comment, column_name, type, description
FROM described
LEFT JOIN dictionary ON table_name = name
ORDER BY name, position
