-- No two rows have one key (those of blocks are numbered from 0, as the check blocks_tile sees).
SELECT 'statements' AS kind, capture_id AS place, seq
FROM loaded_statements
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'links' AS kind, capture_id AS place, seq
FROM loaded_links
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'mentions' AS kind, capture_id AS place, seq
FROM loaded_mentions
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'issues' AS kind, capture_id AS place, seq
FROM loaded_issues
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'acquisitions' AS kind, run_id AS place, seq
FROM loaded_acquisitions
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'fetches' AS kind, run_id AS place, seq
FROM loaded_fetches
GROUP BY ALL
HAVING count(*) > 1
UNION ALL
SELECT 'fixity_checks' AS kind, run_id AS place, seq
FROM loaded_fixity_checks
GROUP BY ALL
HAVING count(*) > 1
