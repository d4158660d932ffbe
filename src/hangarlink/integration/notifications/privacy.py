"""Addresses that rules send to."""

from collections.abc import Iterator, Sequence

from hangarlink.integration.notifications import events
from hangarlink.integration.notifications.models import Rule
from hangarlink.platform.audit.actions import record
from hangarlink.platform.events.actions import announce
from hangarlink.platform.privacy.registry import Erasure, Finding, Subject, Treatment, holds


@holds("Notifications")
def find(subject: Subject) -> Iterator[Finding]:
    if not subject.email:
        return
    rules = [
        rule
        for rule in Rule.objects.filter(channel__icontains=subject.email).order_by("name")
        if subject.email.casefold() in [address.casefold() for address in _addresses(rule.channel)]
    ]
    named = tuple({"rule": rule.name, "channel": rule.channel} for rule in rules)

    def carry_out(erasure: Erasure) -> int:
        for rule in rules:
            _take_out(rule, subject.email, erasure)
        return len(rules)

    yield Finding("addresses in rules", len(rules), Treatment.ERASE, "", named, carry_out)


def _take_out(rule: Rule, email: str, erasure: Erasure) -> None:
    """The others go on getting it; a rule that told nobody else goes."""
    others = [address for address in _addresses(rule.channel) if address.casefold() != email.casefold()]
    record(erasure.acting_user, rule, "address_erased", new={"addresses_left": len(others)})
    if others:
        Rule.objects.filter(pk=rule.pk).update(channel=", ".join(others), channel_name=", ".join(others))
        announce(events.RuleChanged(rule.id, rule.connection_id))
    else:
        announce(events.RuleRemoved(rule.id, rule.connection_id))
        Rule.objects.filter(pk=rule.pk).delete()


def _addresses(channel: str) -> Sequence[str]:
    return [address.strip() for address in channel.split(",") if address.strip()]
