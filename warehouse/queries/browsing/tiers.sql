-- The tier of each country in each year.
SELECT country_code, coalesce(country, country_code) AS country, report_year, tier, is_contested
FROM tip_timeline
WHERE
    ($country IS NULL OR country_code = $country)
    AND ($first_year IS NULL OR report_year >= $first_year)
    AND ($last_year IS NULL OR report_year <= $last_year)
ORDER BY country, country_code, report_year
