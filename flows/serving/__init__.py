"""A service on one machine: Prefect's server with its pages, and what it runs on a schedule.

`refworld serve` holds two processes: the server, and the runner that starts each run as a process
of its own. Both end with it, however it ends. A scheduled run is the same flow as the command's,
under the same lock of the data home: two of them, missed ones and repeated ones do no harm.
"""
