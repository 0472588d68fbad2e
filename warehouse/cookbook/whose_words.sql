-- Whose words these are
-- Which documents are not UNHCR's own, though its site published them?
SELECT is_unhcr_publication, publisher, author, document_id
FROM roles
ORDER BY is_unhcr_publication NULLS LAST, publisher, document_id
