SELECT name, title, question, sql FROM cookbook ORDER BY name
