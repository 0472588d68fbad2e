"""Values in, bytes on disk and tables out: the store.

The warehouse keeps and never interprets. Of `transforms` it knows the records and the issue
codes, nothing else. `schema` declares every table and column once; Arrow schemas, the database's
DDL with its comments, and the data dictionary are derived from it. `disk` is the one module that
writes to the file system. A batch is archived (`archive`, WARC; `archived_records` says what each
header field means), laid down as Parquet (`lake`) and
exists from the moment its `commit.json` stands (`commits`); the published database (`database`)
is built beside the old one and takes its place by a rename, so a reader is never blocked and a
failure leaves the last good build standing.
"""
