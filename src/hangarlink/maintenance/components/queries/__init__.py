"""What pages, API and reports read of components. Every function is a fixed, small number of statements."""

from hangarlink.maintenance.components.queries.life import CounterView, LifeView, Period, life_of
from hangarlink.maintenance.components.queries.rows import ComponentRow, find_component, rows_of, whereabouts
from hangarlink.maintenance.components.queries.tree import Node, tree_of_aircraft, tree_of_component

__all__ = [
    "ComponentRow",
    "CounterView",
    "LifeView",
    "Node",
    "Period",
    "find_component",
    "life_of",
    "rows_of",
    "tree_of_aircraft",
    "tree_of_component",
    "whereabouts",
]
