-- The passages that this index holds.
INSERT INTO $table
SELECT passage_id
FROM work.passages
WHERE is_stemmed = $is_stemmed
