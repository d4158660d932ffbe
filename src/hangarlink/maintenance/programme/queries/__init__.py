"""What pages, API and sync read of the programme. Every function is a fixed, small number of statements.

Give `as_of` to ask as of another day than today; the same question gives the same answer.
"""

from hangarlink.maintenance.programme.queries.board import BoardRow, board
from hangarlink.maintenance.programme.queries.counts import state_counts
from hangarlink.maintenance.programme.queries.dispatch import Dispatch, dispatch
from hangarlink.maintenance.programme.queries.item import ItemDetail, explanation_json, item_detail
from hangarlink.maintenance.programme.queries.listing import DuePage, Narrow, Sort, due_list
from hangarlink.maintenance.programme.queries.rows import DueRow, TermRow
from hangarlink.maintenance.programme.queries.workload import Period, Step, Workload, workload

__all__ = [
    "BoardRow",
    "Dispatch",
    "DuePage",
    "DueRow",
    "ItemDetail",
    "Narrow",
    "Period",
    "Sort",
    "Step",
    "TermRow",
    "Workload",
    "board",
    "dispatch",
    "due_list",
    "explanation_json",
    "item_detail",
    "state_counts",
    "workload",
]
