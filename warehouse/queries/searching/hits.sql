-- The passages with all the words, or any of them, best first, by Okapi BM25 with the constants of
-- DuckDB's extension. A phrase is looked for in the words themselves, because the index does not
-- know what stands beside what. The numbers of the terms stand in the query, so that no more of the
-- index is read than theirs.
WITH counted AS (
    SELECT 'stemmed' AS index_name, docid, termid, count(*) AS tf
    FROM fts_main_stemmed.terms
    WHERE termid IN ($stemmed)
    GROUP BY docid, termid
    UNION ALL
    SELECT 'unstemmed', docid, termid, count(*)
    FROM fts_main_unstemmed.terms
    WHERE termid IN ($unstemmed)
    GROUP BY docid, termid
),

known AS (
    SELECT 'stemmed' AS index_name, termid, df, num_docs, avgdl
    FROM fts_main_stemmed.dict, fts_main_stemmed.stats
    WHERE termid IN ($stemmed)
    UNION ALL
    SELECT 'unstemmed', termid, df, num_docs, avgdl
    FROM fts_main_unstemmed.dict, fts_main_unstemmed.stats
    WHERE termid IN ($unstemmed)
),

lengths AS (
    SELECT docid, len FROM fts_main_stemmed.docs
    UNION ALL
    SELECT docid, len FROM fts_main_unstemmed.docs
),

scored AS (
    SELECT
        docid AS passage_id,
        sum(
            log((num_docs - df + 0.5) / (df + 0.5) + 1)
            * tf * (1.2 + 1) / (tf + 1.2 * (1 - 0.75 + 0.75 * len / avgdl))
        ) AS score
    FROM counted
    JOIN known USING (index_name, termid)
    JOIN lengths USING (docid)
    GROUP BY docid
    HAVING
        count(*) >= CASE any_value(index_name)
            WHEN 'stemmed' THEN $fewest_stemmed
            ELSE $fewest_unstemmed
        END
),

wanted AS (
    SELECT passage_id, score, $words AS words
    FROM scored
    JOIN passages USING (passage_id)
    JOIN documents USING (document_number)
    WHERE
        ($$is_all OR is_content)
        AND ($$publisher IS NULL OR publisher_id = $$publisher)
        AND ($$countries IS NULL OR list_has_any(country_codes, CAST($$countries AS VARCHAR[])))
        AND ($$type IS NULL OR document_type = $$type)
        AND ($$language IS NULL OR language = $$language)
        AND ($$first_year IS NULL OR publication_to >= make_date($$first_year, 1, 1))
        AND ($$last_year IS NULL OR publication_from <= make_date($$last_year, 12, 31))
    -- No condition is put before a limit: only what was found is looked at for phrases.
    LIMIT 1_000_000_000
)

-- Passages are numbered in order of document, capture and block.
SELECT passage_id, score, count(*) OVER () AS found_count
FROM wanted
WHERE $phrases
ORDER BY score DESC, passage_id
LIMIT $$limit OFFSET $$offset
