-- The words behind a tier
-- Which printed words place Peru, and where do they stand in the preserved bytes?
SELECT report_year, tier, printed, byte_start, byte_end, payload_sha256, warc_file, warc_offset
FROM tip_placements
JOIN captures USING (capture_id)
WHERE country_code = 'PER'
ORDER BY report_year
