"""The programme's verbs. Each checks permission and rules, then writes rows, audit rows and events together."""

from hangarlink.maintenance.programme.actions.accomplishments import (
    correct_accomplishment,
    record_accomplishment,
    withdraw_accomplishment,
)
from hangarlink.maintenance.programme.actions.baselines import set_baseline
from hangarlink.maintenance.programme.actions.discrepancies import settle_value_discrepancy
from hangarlink.maintenance.programme.actions.formulas import change_formula, derive_counter
from hangarlink.maintenance.programme.actions.happenings import correct_event, record_event, withdraw_event
from hangarlink.maintenance.programme.actions.requirements import (
    add_requirement,
    apply_requirement,
    known_counters,
    retire_requirement,
    revise_requirement,
    withdraw_requirement,
)
from hangarlink.maintenance.programme.actions.satisfactions import add_satisfaction, remove_satisfaction
from hangarlink.maintenance.programme.actions.tolerances import (
    add_ready_tolerance_classes,
    add_tolerance_class,
    change_tolerance_class,
    retire_tolerance_class,
)
from hangarlink.maintenance.programme.actions.variations import approve_variation, withdraw_variation

__all__ = [
    "add_ready_tolerance_classes",
    "add_requirement",
    "add_satisfaction",
    "add_tolerance_class",
    "apply_requirement",
    "approve_variation",
    "change_formula",
    "change_tolerance_class",
    "correct_accomplishment",
    "correct_event",
    "derive_counter",
    "known_counters",
    "record_accomplishment",
    "record_event",
    "remove_satisfaction",
    "retire_requirement",
    "retire_tolerance_class",
    "revise_requirement",
    "set_baseline",
    "settle_value_discrepancy",
    "withdraw_accomplishment",
    "withdraw_event",
    "withdraw_requirement",
    "withdraw_variation",
]
