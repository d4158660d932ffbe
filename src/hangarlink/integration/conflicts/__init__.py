"""When both sides changed the same record: rules that decide, and questions that people decide. Both versions are kept.

from hangarlink.integration.conflicts.queries import open_reviews
from hangarlink.integration.conflicts.actions import decide_review
"""
