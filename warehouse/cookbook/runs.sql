-- Runs
-- What did the last runs see, and what became of it?
SELECT
    started_at, kind, state, input_count, new_count, unchanged_count, duplicate_count,
    not_a_document_count, quarantined_count, passed_over_count, code_version
FROM runs
ORDER BY started_at DESC
