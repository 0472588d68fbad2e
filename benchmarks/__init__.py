"""A made-up corpus of any size, and the speed of the machine to hold the pipeline against.

`generate` writes seeded, prose-like pages in every known layout (`prose` makes the words, `names`
holds the publishers and countries, `facts` chooses what a page says, `pages` gives it its form).
`baseline` does only what no pipeline can leave out: read, hash, compress, write Parquet, load
DuckDB. Nothing here is used by the pipeline, and nothing here knows how it reads a page.
"""
