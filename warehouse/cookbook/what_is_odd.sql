-- What is odd
-- Which signals were given, how often, and what can be done?
SELECT code, severity, issue_count, capture_count, advice
FROM issues_by_code
ORDER BY issue_count DESC, code
