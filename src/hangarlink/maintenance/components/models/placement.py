"""Where a component is, from when to when. The database keeps the periods whole (migration 0001)."""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.models.aircraft import choices
from hangarlink.maintenance.components.models.component import Component
from hangarlink.maintenance.components.vocabulary import Place
from hangarlink.platform.tenancy.models import TenantModel

CURRENT = Q(superseded_at__isnull=True)


class Placement(TenantModel):
    """One period of a component at one place. Periods follow each other without gap or overlap.

    since, until   from (included) until (excluded); until null: it is there now
    parent         the component it is installed on
    position       where on the aircraft or the parent; two components are never at one position at one time
    location       where in stock, which workshop, to whom it went
    reason         why it came here: reason for removal, or what the installation was for
    noted          what the installation check said and somebody went on in spite of
    told_until_at  when its end was recorded, as recorded_at is when its begin was
    superseded_at  it was corrected: another row says how it was
    """

    component = models.ForeignKey(
        Component, on_delete=models.CASCADE, related_name="placements", db_constraint=False, db_index=False
    )
    place = models.CharField(max_length=10, choices=choices(Place))
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, null=True, related_name="placements", db_constraint=False, db_index=False
    )
    parent = models.ForeignKey(
        Component, on_delete=models.CASCADE, null=True, related_name="carried", db_constraint=False, db_index=False
    )
    position = models.CharField(max_length=60, blank=True)
    ata = models.CharField(max_length=8, blank=True)
    location = models.CharField(max_length=120, blank=True)
    work_order = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    noted = models.JSONField(default=list)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200, blank=True)
    told_until_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "placement"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="placement_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(place="aircraft", aircraft__isnull=False, parent__isnull=True)
                | Q(place="component", aircraft__isnull=True, parent__isnull=False)
                | (~Q(place__in=["aircraft", "component"]) & Q(aircraft__isnull=True, parent__isnull=True)),
                name="placement_at_one_place",
            ),
            models.CheckConstraint(
                condition=~Q(place__in=["aircraft", "component"]) | ~Q(position=""), name="placement_position_given"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("component")), name="placement_not_on_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["component", "since"], condition=CURRENT, name="placement_by_component"),
            models.Index(
                fields=["aircraft", "since"],
                condition=CURRENT & Q(aircraft__isnull=False),
                name="placement_by_aircraft",
            ),
            models.Index(
                fields=["parent", "since"], condition=CURRENT & Q(parent__isnull=False), name="placement_by_parent"
            ),
        ]


class RatingChange(TenantModel):
    """From this moment on the component runs at this rating, and so does what it carries and has no rating itself."""

    component = models.ForeignKey(
        Component, on_delete=models.CASCADE, related_name="ratings", db_constraint=False, db_index=False
    )
    at = models.DateTimeField()
    rating = models.CharField(max_length=20)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rating_change"
        constraints = [
            models.UniqueConstraint(fields=["component", "at"], condition=CURRENT, name="rating_change_once"),
            models.CheckConstraint(condition=~Q(rating=""), name="rating_given"),
        ]
