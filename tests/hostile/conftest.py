"""The server and the command of the flow's tests, for the tests of what is hostile."""

from tests.flows.conftest import home, prefect_api, refworld

__all__ = ["home", "prefect_api", "refworld"]
