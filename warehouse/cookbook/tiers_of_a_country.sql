-- The tiers of a country, year by year
-- On which tier did the Trafficking in Persons reports place Peru, and which documents say so?
SELECT report_year, tier, is_contested, document_ids
FROM tip_timeline
WHERE country_code = 'PER'
ORDER BY report_year
