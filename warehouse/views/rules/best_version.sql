row_number() OVER (
    PARTITION BY document_id
    ORDER BY
        title IS NULL,
        last_updated DESC NULLS LAST,
        accessed_date DESC NULLS LAST,
        captured_at DESC NULLS LAST,
        capture_id
) = 1
