-- The passages, each with the number of its terms.
CREATE OR REPLACE TABLE fts_main_$table.docs AS
SELECT passage_id AS docid, passage_id AS name, coalesce(len, 0) AS len
FROM $table
LEFT JOIN (
    SELECT docid, count(*) AS len FROM fts_main_$table.terms GROUP BY docid
) ON docid = passage_id
ORDER BY docid
