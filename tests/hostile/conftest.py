"""The home of the flow's tests, for the tests of what is hostile."""

from tests.flows.conftest import home

__all__ = ["home"]
