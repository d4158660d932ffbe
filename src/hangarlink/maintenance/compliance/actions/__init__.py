"""The verbs of compliance."""

from hangarlink.maintenance.compliance.actions.amocs import record_amoc, withdraw_amoc
from hangarlink.maintenance.compliance.actions.assessing import (
    assess_applicable,
    assess_not_applicable,
    reopen,
    terminate,
)
from hangarlink.maintenance.compliance.actions.credits import give_credit
from hangarlink.maintenance.compliance.actions.directives import (
    add_directive,
    add_product,
    cancel_directive,
    remove_product,
    revise_directive,
    supersede_directive,
)
from hangarlink.maintenance.compliance.actions.examples import take_example
from hangarlink.maintenance.compliance.actions.paragraphs import (
    add_paragraph,
    change_limits,
    change_paragraph,
    retire_paragraph,
)
from hangarlink.maintenance.compliance.actions.permits import record_permit, revoke_permit, use_permit

__all__ = [
    "add_directive", "add_paragraph", "add_product", "assess_applicable", "assess_not_applicable", "cancel_directive",
    "change_limits", "change_paragraph", "give_credit", "record_amoc", "record_permit", "remove_product", "reopen",
    "retire_paragraph", "revise_directive", "revoke_permit", "supersede_directive", "take_example", "terminate",
    "use_permit", "withdraw_amoc",
]  # fmt: skip
