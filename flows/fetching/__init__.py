"""Pages from the web: asked for politely, kept to the byte, and handed to the door like any other.

`targets` reads the addresses and says which may be asked at all, `robots` what the site allows and
`pacing` when. `guard` makes the one kind of connection there is: to the very address it has
checked, with all that passes kept. `client` asks once, `retrying` again where that may help;
`judging` says what an answer means beside what was known, and `chains` follows redirects from
address to address. `exchanges` and `warc` write all of it down, `reading` makes the rows of
`fetches` of what was written, and `adoption` does so for runs that were killed. `session` is the
frame of a run, in which the flow `flows/fetch.py` tells the story.
"""
