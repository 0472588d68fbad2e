-- What the score of a passage is measured by.
CREATE OR REPLACE TABLE fts_main_$table.stats AS
SELECT count(*) AS num_docs, avg(len) AS avgdl
FROM fts_main_$table.docs
