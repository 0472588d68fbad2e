"""Sources in: the door, the clock, Prefect and the command line.

`flows` finds inputs, hands their bytes to `transforms` and the values to `warehouse`, and is the
only place that does. Prefect appears only here, and a Prefect task is one line around a plain
function, so that each step can be run, tested and timed without a server.
"""
