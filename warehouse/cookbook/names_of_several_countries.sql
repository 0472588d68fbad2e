-- Names that several countries have
-- Which words name a country, but do not say which of several?
SELECT words, kind, count(*) AS mentions, count(DISTINCT document_id) AS documents
FROM mentions
JOIN documents USING (capture_id)
WHERE country_code IS NULL
GROUP BY ALL
ORDER BY mentions DESC, words
