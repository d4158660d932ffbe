"""Plays the steps of a case with the actions of the product. Nothing here knows a rule of due logic."""

from django.db import transaction

from hangarlink.maintenance.conformance.playing import components, programme, usage
from hangarlink.maintenance.conformance.playing.registry import PLAYS
from hangarlink.maintenance.conformance.stage import Stage
from hangarlink.maintenance.conformance.steps import Action

__all__ = ["components", "play", "programme", "usage"]


def play(stage: Stage, step: Action) -> None:
    """Do what a step says, when all of it has happened and it was entered.

    Raises Refused as the product does; then nothing happened.
    """
    happened = None if step.is_plan else step.at
    for moment in (happened, step.entered, getattr(step, "released", None), getattr(step, "counts_from", None)):
        if moment is not None:
            stage.clock.reach(stage.instant(moment))
    with transaction.atomic():
        PLAYS[type(step)](stage, step)
