-- What earlier fetches got of each address: the page last had, and how to ask if it is still so.
FROM {source}
SELECT
    target_uri,
    max_by(payload_sha256, fetched_at) FILTER (outcome IN ('new', 'changed')) AS payload_sha256,
    max(fetched_at) FILTER (outcome IN ('new', 'changed')) AS stored_at,
    max_by(capture_id, fetched_at) FILTER (outcome IN ('new', 'changed')) AS capture_id,
    -- An answer that no longer carries one has none: a null must not call back an older one.
    last({{'etag': etag, 'last_modified': last_modified}} ORDER BY fetched_at) AS validators
WHERE outcome IN ('new', 'changed', 'unchanged')
GROUP BY target_uri
