-- Languages
-- In which languages are the documents?
SELECT language, count(*) AS documents, sum(word_count) AS words
FROM documents
GROUP BY language
ORDER BY documents DESC, language
