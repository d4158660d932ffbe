from tests.integration.conftest import connection, hub, serving

__all__ = ["connection", "hub", "serving"]
