"""The door: sources named by a user become inputs, each with its bytes' digest and its origin.

`walk` finds files, `forms` tells by a name's end what one holds, `manifests` says where they came
from. `pages` reads files that are one capture; `opening` opens those that hold many, each by the
module that knows its form (`webarchives` those of WARC and ARC records, `tables` those of columns),
and what lies within them comes the same way again; `corpora` reads rows of JSON, and `columns` says
what a row means. `discovery` puts it all in order, and `payloads` reads an input's bytes again when
they are archived and refuses bytes that have changed. What cannot be taken in becomes an input
with a code of `issue_codes`; nothing at the door ends a run.

`packages` opens zip, tar and WACZ: `zip_members` and `tar_members` tell of members, `taking`
decides on each, `spools` holds the bytes, `allowances` counts them, `package_inputs` says what
they become. Nothing that a package says of itself is believed: neither sizes nor names.

`columns` reads tables through the warehouse, `column_names` knows what their columns are called.
`receiving` copies here what is elsewhere, `downloads` what is on the web; `sniffing` tells the form
of what has no telling name.
"""
