"""A data home on object storage: what lies in the bucket, and when it counts.

    archive/<batch>.warc.gz                           preserved bytes, never replaced
    lake/derived/<batch>/commit.json                  the batch exists from here on
    lake/derived/<batch>/<generation>/<table>.parquet
    lake/events/<folder>/events.json                  what happened is told from here on
    lake/events/<folder>/<generation>/<table>.parquet
    lake/events/<run>.started.json                    mark of a run that has not told its events
    database/current.json                             the pointer: which database is published
    database/<snapshot>-<token>-<digest>.duckdb       databases, never replaced
    lease.json                                        who writes

The bucket is the home; a run works in a copy of it on this machine (`mirror`), which may be thrown
away at any time. The copy has the lake, the events and the published database; of the archive only
what no commit lists, because that is to be read again.

A *generation* is the first 16 hex digits of the SHA-256 of the `commit.json` or `events.json` that
lists the files. So what lies under one name is always the same bytes, whoever puts it: such
objects are put if absent, in any order and more than once, and nothing of that counts. What counts
is one small object put last: `commit.json` if absent (or, to supersede, if it is still the one
that was read), `events.json`, and the pointer if it is still the one that was read. These are
atomic in S3, and so are the batch, the run's events and the published database. What was put and
is listed by nothing is what a killed run left: WARC files of that kind are adopted by the next
run, the rest is never looked at.

One writer at a time by a lease with fencing in place of the operating system's lock (`lease`). Its
token only grows. A holder renews it at a third of its time, gives itself up well before the end of
it, and asks the bucket for it before each `commit.json` and each pointer. Times are the server's:
its Date less the lease's Last-Modified. Even so a process may sleep between its question and its
put, and wake up after another took over. What it can still do then:

- the pointer: nothing. It is put only if it is the one that was read before the lease was asked
  for, and one with a higher token is not replaced.
- a new `commit.json`: it names the very batch that the other has adopted. The batch's WARC file was
  in the bucket before the sleeper asked for its lease, so whoever took it after that has seen the
  file, and reads it before it plans anything of its own. Of the two commits of that one batch the
  first stands, and the other is the same or is refused: no capture is ever in two batches.
- a superseding `commit.json`: only the very one that it had read.
- events: they lie under the run's own id.
"""
