"""The outbox, and who follows it."""

from django.db import models

from hangarlink.platform.tenancy.models import TenantModel


class OutboxEvent(TenantModel):
    """A fact announced by an action. Holds ids and codes only: no name, no address, no free text."""

    type = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField()

    class Meta:
        db_table = "outbox_event"
        indexes = [models.Index(fields=["account", "at", "id"], name="outbox_by_time")]


class Follower(TenantModel):
    """A job that wants to hear of every event of this account. `announce` keeps news for it and rings its bell.

    An account without followers pays nothing for them.
    """

    task = models.CharField(max_length=80)

    class Meta:
        db_table = "outbox_follower"
        constraints = [models.UniqueConstraint(fields=["account", "task"], name="outbox_follower_once")]


class News(TenantModel):
    """An event that a follower has not taken yet. Commits with the event and goes with what the follower made of it.

    Rows instead of a position in the log: ids and times are given before the commit, so a position would pass by the
    events of a transaction that takes longer than its neighbours.
    """

    task = models.CharField(max_length=80)
    event_id = models.UUIDField()

    class Meta:
        db_table = "outbox_news"
        indexes = [models.Index(fields=["account", "task", "event_id"], name="outbox_news_in_order")]
