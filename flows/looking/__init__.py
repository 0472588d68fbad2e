"""Commands that look and change nothing: they open the published database and the archive.

Neither Prefect nor Arrow is imported here, so that each answers at once. Whatever comes from a
page is made printable before it reaches a terminal.
"""
