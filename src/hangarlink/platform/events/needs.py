"""Who still needs an old event. Rooms above say so when the application starts; `retention` asks.

A condition is SQL over the row `e` of outbox_event, a constant of its room and never input. It is asked for every old
event at once, so it wants an index.
"""

_NEWS = "EXISTS (SELECT FROM outbox_news n WHERE n.account_id = e.account_id AND n.event_id = e.id)"
_conditions = [_NEWS]


def needed_when(condition: str) -> None:
    """Keep events for which this holds, however old."""
    if condition not in _conditions:
        _conditions.append(condition)


def is_needed() -> str:
    """All conditions as one."""
    return " OR ".join(f"({one})" for one in _conditions)
