"""The fleet's verbs. Each one checks the permission and the rules, then writes rows, audit rows and events together."""

from hangarlink.fleet.actions.aircraft import add_aircraft, change_aircraft
from hangarlink.fleet.actions.aircraft_models import add_aircraft_model, change_aircraft_model, expect_counters
from hangarlink.fleet.actions.correct_flights import (
    cancel_flight,
    cancel_flights,
    correct_flight,
    hold_aircraft,
    reinstate_flight,
)
from hangarlink.fleet.actions.counters import add_counter, add_planned, change_counter
from hangarlink.fleet.actions.discrepancies import settle_discrepancy
from hangarlink.fleet.actions.partner_totals import PartnerTotal, compare_partner_totals
from hangarlink.fleet.actions.planning import (
    change_parking,
    clear_use_ratio,
    complete_schedule,
    follow_flights,
    follow_parking,
    park_aircraft,
    plan_flight,
    remove_parking,
    replace_schedule,
    set_use_ratio,
    withdraw_planned,
)
from hangarlink.fleet.actions.readings import (
    correct_reading,
    correct_replacement,
    record_reading,
    replace_instrument,
    set_opening,
    withdraw_entry,
)
from hangarlink.fleet.actions.recent_use import refresh_recent_use, schedule_recent_use
from hangarlink.fleet.actions.record_flight import record_flight
from hangarlink.fleet.actions.record_flights import record_flights

__all__ = [
    "PartnerTotal",
    "add_aircraft",
    "add_aircraft_model",
    "add_counter",
    "add_planned",
    "cancel_flight",
    "cancel_flights",
    "change_aircraft",
    "change_aircraft_model",
    "change_counter",
    "change_parking",
    "clear_use_ratio",
    "compare_partner_totals",
    "complete_schedule",
    "correct_flight",
    "correct_reading",
    "correct_replacement",
    "expect_counters",
    "follow_flights",
    "follow_parking",
    "hold_aircraft",
    "park_aircraft",
    "plan_flight",
    "record_flight",
    "record_flights",
    "record_reading",
    "refresh_recent_use",
    "reinstate_flight",
    "remove_parking",
    "replace_instrument",
    "replace_schedule",
    "schedule_recent_use",
    "set_opening",
    "set_use_ratio",
    "settle_discrepancy",
    "withdraw_entry",
    "withdraw_planned",
]
