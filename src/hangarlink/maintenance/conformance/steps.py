"""What can happen in a case, and what can be expected: one model per kind of step, told apart by its first word.

Steps stand in the order in which they became known; `at` says when they happened. A late flight is a step further down
with an earlier `at`.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from hangarlink.fleet.vocabulary import AircraftStatus, ParkingReason
from hangarlink.maintenance.components.vocabulary import Condition, Place, WorkKind
from hangarlink.maintenance.conformance.values import Amount, Amounts, Day, Moment, Name, Strict, Zone
from hangarlink.maintenance.defects.mel import Category
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.dues import Reason
from hangarlink.maintenance.programme.rules.limits import Start

Json = dict[str, Any]
# What is said of a measure that several limits are on is a list.
Said = Amount | list[Amount]


class Step(Strict):
    """Common to all.

    aircraft   which one; may be left out where the case has only one
    component  of a step about a requirement: the component it is on
    note       why the step is there, for readers

    `amounts` names the fields that map counters of the aircraft to amounts, `requirement_field` the one that names a
    requirement, and `of_aircraft` says whether it is about one; files are checked with them before anything is played.
    """

    amounts: ClassVar[tuple[str, ...]] = ()
    requirement_field: ClassVar[str] = ""
    of_aircraft: ClassVar[bool] = True
    component_field: ClassVar[str] = "component"
    aircraft: Name | None = None
    component: Name | None = None
    note: str = ""


class Action(Step):
    """Something that is recorded.

    at       when it happened
    entered  when it was recorded, if later; else when it happened, or with the step before it
    refused  the product must refuse it, with a message that contains this text

    `is_plan` tells what is yet to happen from what has happened.
    """

    is_plan: ClassVar[bool] = False
    at: Moment
    entered: Moment | None = None
    refused: str | None = None


class Opening(Action):
    """Where counters stood; what was used before is in it."""

    amounts = ("opening",)
    opening: Amounts
    reason: str = ""


class Reading(Action):
    """What instruments showed."""

    amounts = ("reading",)
    reading: Amounts


class Flight(Action):
    """A flight that starts `at`. Told again under the same name, it is a correction by its source.

    ends  by default after the longest time it used
    """

    amounts = ("uses",)
    flight: Name
    uses: Amounts
    ends: Moment | None = None


class CorrectFlight(Action):
    """A person puts other amounts in the place of those recorded."""

    amounts = ("uses",)
    correct_flight: Name
    uses: Amounts
    reason: str = "typing error"


class CancelFlight(Action):
    """It was never flown."""

    cancel_flight: Name
    reason: str = "never flown"


class ReplaceInstrument(Action):
    """The instrument of a counter is changed; the total goes on."""

    replace_instrument: Name
    last_reading: Amount | None = None
    new_start: Amount


class Rate(Action):
    """Planned use per day, by counter."""

    amounts = ("rate",)
    rate: Amounts


class PlanFlight(Action):
    """A flight that is planned: it starts `at` and ends after the longest time it uses, unless `ends` says."""

    amounts = ("uses",)
    is_plan = True
    plan_flight: Name
    uses: Amounts
    ends: Moment | None = None


class Park(Action):
    """Days on which it stands, from `at` on: zero use. `until` is the last one; without it until somebody says."""

    is_plan = True
    park: ParkingReason
    until: Day | None = None


class UseRatio(Action):
    """A counter is expected to gain `use` of its unit for each `per` of the counter it `follows`."""

    use_ratio: Name
    follows: Name
    use: Amount
    per: Amount


class SetStatus(Action):
    """In service or not."""

    status: AircraftStatus


class Apply(Action):
    """A requirement applies from here on. Requirements that no step applies do from the beginning."""

    requirement_field = "apply"
    apply: Name


class Baseline(Action):
    """A moment limits count from. `values`: the totals then, where papers say so; others follow from usage."""

    amounts = ("values",)
    requirement_field = "requirement"
    baseline: Start
    values: Amounts = Field(default_factory=dict)
    requirement: Name | None = None


class Done(Action):
    """Work performed `at`.

    read      totals read from instruments; others follow from usage
    finding   whether something was found, where the repeat depends on it
    answered  what it was due at, as papers say: by counter, and `date`; else it is worked out
    times     so many times, on that day and the following ones
    """

    amounts = ("read",)
    requirement_field = "done"
    done: Name
    released: Moment | None = None
    counts_from: Moment | None = None
    read: Amounts = Field(default_factory=dict)
    finding: bool | None = None
    answered: dict[Name, Amount] | None = None
    times: Annotated[int, Field(ge=1, le=200)] = 1


class CorrectDone(Action):
    """The work of a day (`of`) was recorded wrongly. `performed` and `read` replace what was said."""

    amounts = ("read",)
    requirement_field = "correct_done"
    correct_done: Name
    of: Day
    performed: Moment | None = None
    read: Amounts | None = None
    reason: str = "typing error"


class WithdrawDone(Action):
    """The work of a day was never done."""

    requirement_field = "withdraw_done"
    withdraw_done: Name
    of: Day
    reason: str = "never done"


class Revise(Action):
    """A new revision of a requirement."""

    requirement_field = "revise"
    revise: Name
    schedule: Json | None = None
    mandatory_class: Annotated[MandatoryClass | None, Field(alias="class")] = None
    effective_on: Day | None = None
    alerts: Json | None = None
    reason: str = "revised"


class Happened(Action):
    """An event that limits count from or wait for, such as `shop_visit`. `read`: totals read then."""

    amounts = ("read",)
    event: Name
    read: Amounts = Field(default_factory=dict)


class WithdrawEvent(Action):
    """The event of a day did not happen."""

    withdraw_event: Name
    of: Day
    reason: str = "did not happen"


class Approval(Action):
    """A variation approved `at`: a limit may be passed by so much, once.

    limit        the counter, or `date`, whose limit it is; may be left out where the item has only one
    amount       hours or counts, or for a date so many of `unit`
    counts_from  where the next interval counts from, if not as the tolerance class says
    """

    requirement_field = "variation"
    variation: Name
    limit: Name | None = None
    amount: Amount
    unit: Literal["days", "months"] | None = None
    counts_from: Literal["grid", "actual"] | None = None
    approved_by: str = "Continuing airworthiness manager"
    reference: str = "VAR 1"


class WithdrawApproval(Action):
    """The variations of an item that were not withdrawn never held."""

    requirement_field = "withdraw_variation"
    withdraw_variation: Name
    reason: str = "approved in error"


class ComponentAction(Action):
    """Something that is recorded of a component; `component_field` names the field that says of which."""

    of_aircraft = False


class Install(ComponentAction):
    """A component is installed `on` an aircraft or on another component."""

    component_field = "install"
    install: Name
    on: Name
    position: Name


class Remove(ComponentAction):
    """It comes off. `cascade`: what sits on it comes off too. `condition`: in which it is afterwards."""

    component_field = "remove"
    remove: Name
    to: Place = Place.STOCK
    condition: Condition = Condition.SERVICEABLE
    cascade: bool = False


class Exchange(ComponentAction):
    """It comes off and another one takes its position at the same moment."""

    component_field = "exchange"
    exchange: Name
    by: Name


class StateTotal(ComponentAction):
    """Where a component's counters stood, by its papers. `by_rating`: what of the one total ran at which rating."""

    amounts = ("stated",)
    stated: Amounts
    component: Name
    by_rating: Amounts = Field(default_factory=dict)


class Bench(ComponentAction):
    """What it ran on a bench."""

    amounts = ("bench",)
    bench: Amounts
    component: Name


class MeterReading(ComponentAction):
    """What its own meter showed."""

    amounts = ("meter",)
    meter: Amounts
    component: Name


class ShopWork(ComponentAction):
    """An overhaul, a repair or other work in a shop; `values`: totals then, as its papers state them."""

    amounts = ("values",)
    component_field = "work"
    work: Name
    kind: WorkKind
    values: Amounts = Field(default_factory=dict)


class SetRating(ComponentAction):
    """The rating it, and what it carries, runs at from here on."""

    rating: Name
    component: Name


class Expect(Step):
    """How an item stands on a day. What is not named is not compared, but `due` names every open limit or none.

    due        by counter, and `date`: the due total or day, `unknown`, `awaiting` (an event), or a list where a measure
               has several. Without any variation
    latest     the same with the approved variation: the last legal total or day
    remaining  likewise, in hours, counts or days
    forecast   of the item: a day, `never` or `unknown`; `forecasts` of its limits
    on_meter   the due points as the present instrument will show them
    on_aircraft  of a component: where its limits lie on the aircraft's counters that drive it now
    unknown    why limits are unknown, by counter and `date`
    ended      nothing further is due under the schedule
    applies    false: the requirement is no longer demanded here
    """

    amounts = ("on_meter",)
    requirement_field = "expect"
    expect: Name
    as_of: Day
    state: Literal["ok", "due_soon", "due", "unknown", "overdue"] | None = None
    due: dict[Name, Said] | None = None
    latest: dict[Name, Said] | None = None
    remaining: dict[Name, Said] | None = None
    forecast: Amount | None = None
    forecasts: dict[Name, Said] | None = None
    on_meter: Amounts | None = None
    on_aircraft: Amounts | None = None
    unknown: dict[Name, Reason] | None = None
    ended: bool | None = None
    applies: bool = True

    @property
    def is_ended(self) -> bool | None:
        """Whether it must have ended; None when nothing is said that could tell."""
        says_something = any(one is not None for one in (self.due, self.state, self.remaining, self.forecast))
        return False if self.ended is None and says_something else self.ended


class ExpectTotal(Step):
    """Where counters stand at a moment; `unknown` where nobody can say."""

    amounts = ("expect_total",)
    expect_total: Amounts
    at: Moment


class ExpectDone(Step):
    """What the record of the work of a day says.

    disputed  usage does not agree with a value that was read, and a person has to look
    versions  how many versions there are: 1 when nothing was ever corrected
    """

    amounts = ("values",)
    requirement_field = "expect_done"
    expect_done: Name
    of: Day
    values: Amounts = Field(default_factory=dict)
    disputed: bool | None = None
    versions: int | None = None


class ExpectMayFly(Step):
    """May it fly so much and land on that day? Asked of one requirement, or of the aircraft with everything on it.

    after_planned  the flights planned until then are flown before it (asked of the aircraft)
    """

    amounts = ("planned",)
    requirement_field = "requirement"
    expect_may_fly: bool
    requirement: Name | None = None
    planned: Amounts
    landing_on: Day
    after_planned: bool = False


class ExpectAircraft(Step):
    """Whether an aircraft may fly, and the codes of the reasons."""

    expect_aircraft: Literal["ok", "due_soon", "restricted", "unknown", "grounded"]
    as_of: Day
    reasons: list[str] | None = None


class ExpectList(Step):
    """The references of what the due list shows for an aircraft, with those of components on it; in any order."""

    expect_list: list[Name]
    as_of: Day


class ExpectDeferral(Step):
    """Until the end of which day a defect may stay open under a minimum equipment list.

    recorded   the first write-up; `placarded` changes nothing
    days       of category A, as its remarks say
    day_zone   whose days count: the operator's choice
    """

    of_aircraft = False
    expect_deferral: Category
    recorded: Moment
    placarded: Moment | None = None
    days: int | None = None
    day_zone: Zone = "UTC"
    until: Day


class ExpectComponent(Step):
    """How a component stands at a moment.

    totals, since_overhaul, since_installed  by counter; `unknown` where nobody can say
    life_used   the share of its life, exactly, such as 0.6
    left        what is left of its life; by rating where there are several
    limited_by  the life-limited part in it that ends its run first, and so what it may still run
    on          the aircraft it is on, through whatever carries it; "" for none
    """

    of_aircraft = False
    component_field = "expect_component"
    amounts = ("totals", "since_overhaul", "since_installed")
    expect_component: Name
    at: Moment
    totals: Amounts = Field(default_factory=dict)
    since_overhaul: Amounts = Field(default_factory=dict)
    since_installed: Amounts = Field(default_factory=dict)
    life_used: Amount | None = None
    left: Amount | Amounts | None = None
    limited_by: Name | None = None
    may_run: Amount | None = None
    on: str | None = None


KINDS: dict[str, type[Step]] = {
    "opening": Opening,
    "reading": Reading,
    "flight": Flight,
    "correct_flight": CorrectFlight,
    "cancel_flight": CancelFlight,
    "replace_instrument": ReplaceInstrument,
    "rate": Rate,
    "plan_flight": PlanFlight,
    "park": Park,
    "use_ratio": UseRatio,
    "status": SetStatus,
    "apply": Apply,
    "baseline": Baseline,
    "done": Done,
    "correct_done": CorrectDone,
    "withdraw_done": WithdrawDone,
    "revise": Revise,
    "event": Happened,
    "withdraw_event": WithdrawEvent,
    "variation": Approval,
    "install": Install,
    "remove": Remove,
    "exchange": Exchange,
    "stated": StateTotal,
    "bench": Bench,
    "meter": MeterReading,
    "work": ShopWork,
    "rating": SetRating,
    "withdraw_variation": WithdrawApproval,
    "expect": Expect,
    "expect_total": ExpectTotal,
    "expect_done": ExpectDone,
    "expect_may_fly": ExpectMayFly,
    "expect_aircraft": ExpectAircraft,
    "expect_list": ExpectList,
    "expect_deferral": ExpectDeferral,
    "expect_component": ExpectComponent,
}


def kind_of(said: Json) -> str | None:
    """The word that says what a step is: the first of its keys that is one."""
    return next((word for word in said if word in KINDS), None)


def word_of(step: Step) -> str:
    """The same of a step that was read."""
    return next(word for word, kind in KINDS.items() if type(step) is kind)
