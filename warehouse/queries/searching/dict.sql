-- The terms, each with the number of passages that have it.
CREATE OR REPLACE TABLE fts_main_$table.dict AS
SELECT termid, any_value(term) AS term, any_value(passage_count) AS df
FROM words
JOIN (
    SELECT termid, count(DISTINCT docid) AS passage_count
    FROM fts_main_$table.terms
    GROUP BY termid
) USING (termid)
GROUP BY termid
ORDER BY term
