"""Limits as people type them, to a schedule and back."""

from collections.abc import Iterable
from typing import Any

from django import forms

from hangarlink.maintenance.programme.rules.codec import Problem
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.web.forms import Form
from hangarlink.web.programme.limit_form import Json
from hangarlink.web.programme.limit_tree import LimitTree, labelled
from hangarlink.web.programme.words import BASIS_WORDS, REPEAT_WORDS


class ScheduleForm(Form):
    """What holds for all limits of a schedule."""

    basis = forms.ChoiceField(
        choices=[(basis.value, word) for basis, word in BASIS_WORDS.items()], label="The next interval counts"
    )
    repeat_when = forms.ChoiceField(
        choices=[("", "whatever is found"), *((when.value, word) for when, word in REPEAT_WORDS.items())],
        required=False,
        label="It repeats",
    )
    times = forms.IntegerField(
        required=False, min_value=1, max_value=9999, label="Ends after", help_text="times done. Empty: for ever"
    )


def schedule_json(form: ScheduleForm, tree: LimitTree) -> Json:
    """The schedule of valid forms, unchecked: `rules.codec.from_json` says what is wrong with it."""
    given, stages = form.cleaned_data, tree.json()
    said: Json = {**stages, "basis": given["basis"]}
    if given.get("repeat_when"):
        said["repeat_when"] = given["repeat_when"]
    times = given.get("times") or _once(stages)
    return said | ({"times": times} if times else {})


def initial_of(schedule: Schedule) -> Json:
    """What the form shows for a schedule."""
    when = schedule.repeat_when
    return {"basis": schedule.basis.value, "times": schedule.times, "repeat_when": when.value if when else ""}


def put_problems(problems: Iterable[Problem], form: Form, schedule: ScheduleForm, tree: LimitTree) -> None:
    """Each problem at the input it is about: `repeat.of.1.every` is the second limit's repeat."""
    for problem in problems:
        field = problem.path.partition(".")[0]
        if field in schedule.fields:
            schedule.add_error(field, labelled(problem.message))
        elif not tree.put(problem):
            form.add_error(None, str(problem))


def _once(stages: dict[str, Json]) -> int | None:
    """A fixed date does not come again: what has one, and no other rule for the first time, is done once."""
    return 1 if "initial" not in stages and "repeat" in stages and _has_date(stages["repeat"]) else None


def _has_date(tree: Any) -> bool:
    return tree["kind"] == "date" or any(_has_date(part) for part in tree.get("of", ()))
