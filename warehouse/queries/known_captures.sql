-- The latest document captured from these addresses, however it was taken in.
FROM {source}
SELECT target_uri, max_by(capture_id, coalesce(captured_at, TIMESTAMP '0001-01-01')) AS capture_id
WHERE target_uri IN (SELECT unnest($addresses)) AND outcome = 'document'
GROUP BY target_uri
