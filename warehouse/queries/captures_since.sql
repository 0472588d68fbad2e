-- The captures that came with a snapshot later than one, whether or not they were read anew since.
SELECT capture_id
FROM captures
JOIN (
    SELECT batch_id, min(number) AS came_with FROM snapshot_batches GROUP BY batch_id
) ON warc_file = batch_id || '.warc.gz'
WHERE came_with > $number
ORDER BY capture_id
