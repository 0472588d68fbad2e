-- Where each term stands, those of one term together, so that a question reads no more than its own.
CREATE OR REPLACE TABLE fts_main_$table.terms AS
SELECT docid, 0 AS fieldid, termid
FROM (
    SELECT docid, unnest(tokens) AS word
    FROM (
        -- Apart, or DuckDB parts a long text anew for every two thousand of its words.
        SELECT CAST(passage_id AS INTEGER) AS docid, $tokens AS tokens
        FROM work.passages
        WHERE is_stemmed = $is_stemmed
    )
)
JOIN words USING (word)
ORDER BY termid, docid
