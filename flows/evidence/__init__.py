"""Evidence packages: what a stranger needs to check a value without this project.

A package is a BagIt bag (RFC 8493) in a zip file. Its payload describes itself as an RO-Crate. Of
each document it holds the citation, and of each version the preserved bytes, the WARC records that
hold them, the text read from them, and each value beside its printed words. The way from bytes to
values is told for machines as PROV-JSON and as PREMIS events, and for people as a page of HTML.
`verify.py` in it needs nothing but Python.

The same snapshot and the same ids give the same bytes: no clock is asked, the bag's date is the
snapshot's, and files are stored in the zip as they are, for packing depends on who packs. A time
stamp of RFC 3161, where a server is asked for one, is the one thing that differs.
"""
