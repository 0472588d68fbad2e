-- The sections of a capture in order, the words before the first heading among them.
SELECT heading, text FROM sections WHERE capture_id = $capture_id ORDER BY section_seq
