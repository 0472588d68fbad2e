FROM snapshots ORDER BY number DESC LIMIT 1
