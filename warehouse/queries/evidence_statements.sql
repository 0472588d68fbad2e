-- The statements of a capture, in order.
SELECT * FROM statements WHERE capture_id = $capture_id ORDER BY seq
