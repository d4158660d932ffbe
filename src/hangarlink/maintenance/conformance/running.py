"""Files of cases to results. Every case is played in an account of its own, in a transaction that is rolled back."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from django.db import transaction

from hangarlink.maintenance.conformance.clock import Clock, played_by
from hangarlink.maintenance.conformance.comparing import NOTHING, RECORD, Difference, check
from hangarlink.maintenance.conformance.format import Script, load
from hangarlink.maintenance.conformance.playing import play
from hangarlink.maintenance.conformance.problems import FileInvalid, Problem
from hangarlink.maintenance.conformance.stage import Stage
from hangarlink.maintenance.conformance.steps import Action, Step, word_of
from hangarlink.platform.errors import Refused
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, new_id

ENDINGS = (".yaml", ".yml")


class Outcome(StrEnum):
    """PENDING: the case says why it cannot be played yet. It is neither right nor wrong."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"


@dataclass(frozen=True)
class Result:
    """What became of a case."""

    script: Script
    outcome: Outcome
    differences: Sequence[Difference] = ()


def shipped() -> Path:
    """The folder of the worked examples that come with the product."""
    return Path(str(files("hangarlink.maintenance.conformance").joinpath("cases")))


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files of these paths, those of folders in order. Raises FileInvalid for a path that leads to none."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(one for one in path.rglob("*") if one.suffix in ENDINGS) if path.is_dir() else [path]
        if not inside or not path.exists():
            message = f"there is no file ending in {' or '.join(ENDINGS)} here" if path.is_dir() else "no such file"
            raise FileInvalid([Problem(str(path), 1, "", "", message)])
        found += inside
    return found


def load_all(paths: Iterable[Path]) -> list[Script]:
    """The cases of these files and folders. Raises FileInvalid with every problem of every file."""
    scripts: list[Script] = []
    problems: list[Problem] = []
    for path in files_in(paths):
        try:
            scripts += load(path)
        except FileInvalid as error:
            problems += error.problems
    if problems:
        raise FileInvalid(problems)
    return scripts


def run_all(scripts: Iterable[Script]) -> Iterator[Result]:
    """Play cases one by one."""
    return (run(script) for script in scripts)


def run(script: Script) -> Result:
    """Play one case and leave no trace of it."""
    if script.case.pending:
        return Result(script, Outcome.PENDING)
    with staged(script) as stage:
        differences = _played(stage)
    return Result(script, Outcome.FAILED if differences else Outcome.PASSED, tuple(differences))


@contextmanager
def staged(script: Script) -> Iterator[Stage]:
    """An account of its own with nothing in it, under the case's clock; rolled back at the end."""
    case, clock = script.case, Clock()
    with transaction.atomic():
        account = Account.objects.create(
            subdomain=f"case-{new_id().hex[-16:]}", name=f"Case {case.id}"[:200], time_zone=case.time_zone,
            stale_usage_days=case.stale_after_days, utilisation_days=case.average_over_days,
        )  # fmt: skip
        with played_by(clock), acting_in(account):
            yield Stage(script, clock)
        transaction.set_rollback(True)


def _played(stage: Stage) -> list[Difference]:
    try:
        stage.set_up()
    except Refused as error:
        return [Difference(0, "the beginning", "accepted", f"refused: {error}", RECORD)]
    return [found for number, step in enumerate(stage.script.steps, 1) for found in _step(stage, step, number)]


def _step(stage: Stage, step: Step, number: int) -> list[Difference]:
    if not isinstance(step, Action):
        return check(stage, step, number)
    refusal = attempt(stage, step)
    if refusal and not step.refused:
        return [Difference(number, word_of(step), "accepted", f"refused: {refusal}", RECORD)]
    if step.refused and step.refused not in refusal:
        return [Difference(number, word_of(step), f"a refusal with {step.refused!r}", refusal or NOTHING, RECORD)]
    return []


def attempt(stage: Stage, step: Action) -> str:
    """Play a step; why it was refused, or "" when it was accepted."""
    try:
        play(stage, step)
    except Refused as error:
        return str(error)
    stage.facts.note(step)
    return ""
