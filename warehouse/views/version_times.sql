-- A capture that a killed run archived has no acquisition: its batch's first snapshot dates it.
WITH seen AS (
    SELECT capture_id, min(seen_at) AS first_seen_at
    FROM acquisitions
    WHERE capture_id IS NOT NULL
    GROUP BY capture_id
),

published AS (
    SELECT batch_id || '.warc.gz' AS warc_file, min(published_at) AS first_published_at
    FROM snapshot_batches
    JOIN snapshots USING (number)
    GROUP BY batch_id
),

clocks AS (
    SELECT
        capture_id,
        document_id,
        publication_from,
        publication_to,
        last_updated,
        accessed_date,
        captured_at,
        least(first_seen_at, first_published_at) AS first_seen_at
    FROM document_versions
    JOIN captures USING (capture_id)
    LEFT JOIN seen USING (capture_id)
    LEFT JOIN published USING (warc_file)
)

SELECT
    *,
    coalesce(
        least(CAST(captured_at AS DATE), accessed_date), CAST(first_seen_at AS DATE)
    ) AS known_from,
    CASE
        WHEN CAST(captured_at AS DATE) <= coalesce(accessed_date, DATE 'infinity')
            THEN 'captured_at'
        WHEN accessed_date IS NOT NULL THEN 'accessed_date'
        WHEN first_seen_at IS NOT NULL THEN 'first_seen_at'
    END AS known_by
FROM clocks
