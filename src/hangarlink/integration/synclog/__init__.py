"""What every sync and every API call did: for everybody in a sentence, for administrators in detail.

from hangarlink.integration.synclog.actions import log_call
from hangarlink.integration.synclog.queries import recent_runs, run_detail
"""
