"""A page in the browser that shows the archive, on this machine alone, and only reads.

It is made of Starlette, uvicorn and Jinja2, which Prefect brings along, and every page is whole
when it leaves the server. What was archived is data that strangers have written: no script runs in
these pages, whatever stands in them, because none is allowed at all. A notebook would run code
where the reader reads, and give no address to what is seen; here each document, value and search
has one.
"""
