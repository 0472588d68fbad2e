-- The series that report on a country
-- Which report families tell of Peru, in which years, and which words of the titles say so?
SELECT series, edition, document_id, printed, printed_year
FROM series
WHERE country_code = 'PER'
ORDER BY series, series_year, document_id
