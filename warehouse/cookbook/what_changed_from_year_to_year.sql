-- What a series says otherwise than the year before
-- Which sections of the Trafficking in Persons Report on Peru are not what they were?
SELECT series_year, previous_year, heading, document_id, text
FROM series_sections
WHERE
    series = 'Trafficking in Persons Report'
    AND country_code = 'PER'
    AND is_as_before IS DISTINCT FROM true
ORDER BY series_year, document_id, section_seq
