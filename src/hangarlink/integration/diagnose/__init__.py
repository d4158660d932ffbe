"""Why does this not sync, and why is this status what it is? The questions of requirements/2, answered by the product.

Everything here reads; nothing writes and nothing calls a partner. A report is a list of checks in the recommended
order, each with its evidence and with what mends it.
"""

from hangarlink.integration.diagnose.aircraft import diagnose_aircraft, diagnose_for_program
from hangarlink.integration.diagnose.application import diagnose_application
from hangarlink.integration.diagnose.connection import diagnose_connection
from hangarlink.integration.diagnose.defect import diagnose_defect
from hangarlink.integration.diagnose.member import diagnose_member
from hangarlink.integration.diagnose.report import Check, Kind, Page, Place, Report, Result, Step
from hangarlink.integration.diagnose.status import diagnose_status
from hangarlink.integration.diagnose.webhook import diagnose_webhook

__all__ = [
    "Check",
    "Kind",
    "Page",
    "Place",
    "Report",
    "Result",
    "Step",
    "diagnose_aircraft",
    "diagnose_application",
    "diagnose_connection",
    "diagnose_defect",
    "diagnose_for_program",
    "diagnose_member",
    "diagnose_status",
    "diagnose_webhook",
]
