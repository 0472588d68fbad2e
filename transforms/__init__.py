"""Bytes and values in, values out: the reading of Refworld pages.

Everything here is pure. No module opens a file, asks the clock, writes a log line, or knows of
Prefect, Arrow or DuckDB, so that the same bytes and the same code give the same values on any
machine, and every rule can be tried in a Python prompt.

The way of a page: `decoding` turns the bytes of a `Capture` into a `Rendition` (text that knows
the byte offset of every character), `layouts` says which of the known forms the page has,
`header` and `citation` find the printed words, `dates`, `addresses`, `publishers` and
`countries` give them their canonical value, `blocks` parts the whole text, and `reading` puts
the `Reading` together. HTML becomes lines that these understand (`markup` and the modules of that
beginning), and so does a PDF (`pdf`, `pdf_text`, `pdf_document`). What a crawler kept is told by
`record_captures` (records of web archives), `messages` and `content_codings` (HTTP);
`record_issues` says what speaks against it. Each normalized value carries the words it was read
from (`Statement`); whatever is odd is said with a code of `issue_codes`, never passed over.
"""
