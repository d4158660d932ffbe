"""A revision against its minimum programme."""

from hangarlink.maintenance.amp.contents import active_revision, tasks_of
from hangarlink.maintenance.amp.models import Revision
from hangarlink.maintenance.amp.rules.minimum import weaknesses
from hangarlink.maintenance.programme.rules.codec import from_json


def weaker_tasks(revision: Revision) -> dict[str, list[str]]:
    """By reference, what is weaker than the minimum programme: of a task, or of a minimum task nobody stands for."""
    minimum = revision.programme.minimum
    if minimum is None:
        return {}
    least = tasks_of(active_revision(minimum))
    if not least:
        return {minimum.code: ["the minimum programme has no active revision to compare with"]}
    found: dict[str, list[str]] = {}
    standing: dict[str, int] = dict.fromkeys(least, 0)
    for reference, task in tasks_of(revision).items():
        if not task.minimum_task:
            continue
        if task.minimum_task not in least:
            found[reference] = [f"the minimum programme has no task {task.minimum_task}"]
            continue
        standing[task.minimum_task] += 1
        own, bound = from_json(task.content["schedule"]), from_json(least[task.minimum_task].content["schedule"])
        why = weaknesses(own, bound)
        if task.content.get("effectivity"):
            why.append("it is narrowed by effectivity, the minimum programme's task is not")
        if why:
            found[reference] = why
    found |= {name: ["no task stands for this one of the minimum"] for name, count in standing.items() if not count}
    return found
