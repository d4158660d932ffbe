"""The facts about rules. What a rule tells is no event: a rule could tell of it again."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("notification_rule.added", version=1)
class RuleAdded(Event):
    rule_id: UUID
    connection_id: UUID


@event("notification_rule.changed", version=1)
class RuleChanged(Event):
    rule_id: UUID
    connection_id: UUID


@event("notification_rule.removed", version=1)
class RuleRemoved(Event):
    rule_id: UUID
    connection_id: UUID
