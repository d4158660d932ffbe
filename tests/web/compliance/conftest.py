"""A school aircraft to assess."""

from tests.web.fleet.conftest import craft

__all__ = ["craft"]
