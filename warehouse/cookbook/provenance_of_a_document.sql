-- The way of every value
-- From which bytes was each value of a document read, by which rule and code, and which runs saw them?
SELECT field, value, raw, byte_start, byte_end, rule, code_version, run_ids
FROM provenance('4680d8a81d')
ORDER BY seq
