"""Verbs of components. Each checks the permission and the rules, then writes rows, audit rows and events together."""

from hangarlink.maintenance.components.actions.clocks import (
    add_clock,
    correct_entry,
    read_meter,
    record_bench_time,
    replace_meter,
    set_rating,
    state_total,
    withdraw_entry,
)
from hangarlink.maintenance.components.actions.correcting import correct_move, undo_move
from hangarlink.maintenance.components.actions.moving import exchange, install, move, remove
from hangarlink.maintenance.components.actions.records import (
    ClockPlan,
    add_component,
    add_component_type,
    add_position,
    change_component,
    remove_position,
    set_life_limit,
)
from hangarlink.maintenance.components.actions.work import add_past_record, record_work, withdraw_past_record

__all__ = [
    "ClockPlan",
    "add_clock",
    "add_component",
    "add_component_type",
    "add_past_record",
    "add_position",
    "change_component",
    "correct_entry",
    "correct_move",
    "exchange",
    "install",
    "move",
    "read_meter",
    "record_bench_time",
    "record_work",
    "remove",
    "remove_position",
    "replace_meter",
    "set_life_limit",
    "set_rating",
    "state_total",
    "undo_move",
    "withdraw_entry",
    "withdraw_past_record",
]
