-- Every word that stands in the passages, once, and the term that it is found by.
CREATE TEMP TABLE words AS
WITH seen AS (
    SELECT DISTINCT unnest(tokens) AS word
    FROM (SELECT $tokens AS tokens FROM work.passages WHERE is_stemmed = $is_stemmed)
),

stemmed AS (
    SELECT word, stem(word, '$stemmer') AS term
    FROM seen
    WHERE word <> '' AND word NOT IN (SELECT sw FROM fts_main_$table.stopwords)
)

SELECT word, term, CAST(dense_rank() OVER (ORDER BY term) - 1 AS INTEGER) AS termid
FROM stemmed
