"""The door: sources named by a user become inputs, each with its bytes' digest and its origin.

`walk` finds files, `manifests` says where they came from, `texts` and `corpora` read them once in
the process pool (`spool` unpacks compressed corpora first), `discovery` puts it all in order, and
`payloads` reads an input's bytes again when they are archived and refuses bytes that have
changed. What cannot be taken in becomes an input with a code of `issue_codes`; nothing at the
door ends a run.
"""
