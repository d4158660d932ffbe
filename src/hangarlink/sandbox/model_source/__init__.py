"""A data source of aircraft models to try against: a list of types as JSON, page by page, and faults on demand.

with Served(ModelSourceApp()) as source:
    Client(source.url, key=DEMO_KEY)
"""

from hangarlink.sandbox.model_source.app import DEMO_KEY, FAULTS, Asked, ModelSourceApp

__all__ = ["DEMO_KEY", "FAULTS", "Asked", "ModelSourceApp"]
