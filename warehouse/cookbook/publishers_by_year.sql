-- Publishers by year
-- How many documents of which publisher are there from each year?
SELECT name, kind, publication_year, sum(document_count) AS documents
FROM corpus_overview
LEFT JOIN publishers USING (publisher_id)
GROUP BY ALL
ORDER BY documents DESC, name, publication_year
