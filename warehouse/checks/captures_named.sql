-- A capture's id is the digest of its payload digest and its address.
SELECT capture_id, payload_sha256, target_uri
FROM loaded_captures
WHERE capture_id <> sha256(payload_sha256 || chr(10) || coalesce(target_uri, ''))
