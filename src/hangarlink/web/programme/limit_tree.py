"""A tree of limits as a form: groups in groups, limits in groups, as deep as a directive's text asks.

Every node has a short name of its own. Hidden inputs `limit-node` say, in reading order, which node lies in which
group; the inputs of a node begin with its name. So the page needs no script: a button that adds or takes away sends
what was typed, and the page comes back changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.http import QueryDict

from hangarlink.maintenance.programme.rules.codec import Problem
from hangarlink.maintenance.programme.rules.limits import First, Last, Schedule, Tree
from hangarlink.web.programme.limit_form import GroupForm, Json, LimitForm, Units, typed

PREFIX = "limit"
NODE = f"{PREFIX}-node"
STAGES = ("initial", "repeat")
MOST_NODES = 60
MOST_DEEP = 6
# Fields of a limit's JSON that its form knows by another name.
_INPUTS = {"counter": "measure", "unit": "measure"}
_LABELS = {
    "every": "Every", "thresholds": "At first", "start": "Counted from", "window": "Window", "before": "Window before",
    "after": "Window after", "times": "Ends after", "event": "Event",
}  # fmt: skip


@dataclass
class LimitNode:
    """A limit."""

    name: str
    form: LimitForm
    is_group: ClassVar[bool] = False


@dataclass
class GroupNode:
    """FIRST or LAST over its parts; one part alone is just that part."""

    name: str
    form: GroupForm
    depth: int = 1
    parts: "list[LimitNode | GroupNode]" = field(default_factory=list)
    is_group: ClassVar[bool] = True

    @property
    def may_nest(self) -> bool:
        """Whether another group may be put into it."""
        return self.depth < MOST_DEEP


Node = LimitNode | GroupNode


class LimitTree:
    """The limits of a schedule: how it repeats and, where that differs, when it is due for the first time."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        units: Units,
        schedule: Schedule | None = None,
        alerts: Mapping[str, int] | None = None,
    ) -> None:
        self.units, self._data = units, data
        self.stages: dict[str, GroupNode] = {}
        self._groups: dict[str, GroupNode] = {}
        self._places: dict[str, Node] = {}
        self._next = 1
        if data is not None:
            self._read(data)
        elif schedule is not None:
            self._show(schedule, alerts or {})
        if "repeat" not in self.stages:
            self._stage("repeat", "first")
            self._limit(self.stages["repeat"], {"measure": "counter:airborne"})

    def __iter__(self) -> Iterator[LimitForm]:
        """The forms of all limits, in reading order."""
        for stage in STAGES:
            if stage in self.stages:
                yield from (node.form for node in self._leaves(self.stages[stage]))

    @property
    def groups(self) -> Iterable[GroupNode]:
        """The trees in the order in which they hold."""
        return [self.stages[stage] for stage in STAGES if stage in self.stages]

    @property
    def has_initial(self) -> bool:
        """Whether the first time has limits of its own."""
        return "initial" in self.stages

    def is_valid(self) -> bool:
        """Every form of it, so that all messages show at once."""
        found = [form.is_valid() for form in self]
        return all([*found, *(group.form.is_valid() for group in self._groups.values())])

    def change(self, verb: str) -> None:
        """What a button asks: `add:G`, `group:G`, `remove:N`, `stage:initial`. One that names nothing does nothing."""
        what, _, name = verb.partition(":")
        if what == "stage" and name == "initial" and not self.has_initial:
            self._limit(self._stage("initial", "first"), {"measure": "counter:airborne"})
        elif what == "remove":
            self._remove(name)
        elif (group := self._groups.get(name)) is None or self._next >= MOST_NODES:
            return
        elif what == "add":
            self._limit(group, {})
        elif what == "group" and group.may_nest:
            inner = self._group(group, self._fresh(), {"combine": "last" if _combine(group) == "first" else "first"})
            self._limit(inner, {})
            self._limit(inner, {})

    def json(self) -> dict[str, Json]:
        """The trees of valid forms by stage; one without a limit is left out."""
        self._places = {}
        found = {stage: self._json(self.stages[stage], stage) for stage in STAGES if stage in self.stages}
        return {stage: tree for stage, tree in found.items() if tree is not None}

    def alerts(self) -> dict[str, int]:
        """The chosen windows of "due soon", by counter and `calendar`."""
        chosen = [form for form in self if form.cleaned_data.get("measure") and "alert" in form.amounts]
        return {form.counter or "calendar": form.amounts["alert"] for form in chosen}

    def put(self, problem: Problem) -> bool:
        """A problem at the input it is about; False when it is about no limit. `json` was asked before."""
        stage, *rest = problem.path.split(".")
        path = stage + "".join(f"/{part}" for part in rest if part.isdecimal())
        node = self._places.get(path) or self._places.get(path.rpartition("/")[0])
        if not isinstance(node, LimitNode):
            return False
        inputs = [_INPUTS.get(part, part) for part in rest]
        name = next((part for part in reversed(inputs) if part in LimitForm.base_fields), None)
        if name is None:
            name = "thresholds" if "threshold" in problem.message else "every"
        node.form.add_error(name, labelled(problem.message))
        return True

    def _json(self, node: Node, path: str) -> Json | None:
        if isinstance(node, LimitNode):
            self._places[path] = node
            return node.form.limit()
        full = [part for part in node.parts if _says_something(part)]
        if len(full) == 1:
            return self._json(full[0], path)
        parts = [self._json(part, f"{path}/{place}") for place, part in enumerate(full)]
        return {"kind": node.form.kind, "of": parts} if parts else None

    def _read(self, data: QueryDict) -> None:
        for line in data.getlist(NODE)[:MOST_NODES]:
            name, under, kind = [*line.split(), "", "", ""][:3]
            if name in STAGES:
                self._stage(name)
            elif (group := self._groups.get(under)) and name.isdecimal() and name not in self._groups:
                self._next = max(self._next, int(name) + 1)
                if kind == "group" and group.may_nest:
                    self._group(group, name)
                elif kind == "limit":
                    group.parts.append(LimitNode(name, self._limit_form(name)))

    def _show(self, schedule: Schedule, alerts: Mapping[str, int]) -> None:
        for stage, tree in (("initial", schedule.initial), ("repeat", schedule.repeat)):
            if tree is not None:
                root = self._stage(stage, tree.kind if isinstance(tree, First | Last) else "first")
                for part in tree.of if isinstance(tree, First | Last) else (tree,):
                    self._add(root, part, alerts)

    def _add(self, group: GroupNode, tree: Tree, alerts: Mapping[str, int]) -> None:
        if not isinstance(tree, First | Last):
            self._limit(group, typed(tree, alerts, self.units))
            return
        inner = self._group(group, self._fresh(), {"combine": tree.kind})
        for part in tree.of:
            self._add(inner, part, alerts)

    def _stage(self, name: str, combine: str | None = None) -> GroupNode:
        node = GroupNode(name, self._group_form(name, {"combine": combine} if combine else None))
        self.stages[name] = self._groups[name] = node
        return node

    def _group(self, group: GroupNode, name: str, initial: Json | None = None) -> GroupNode:
        node = GroupNode(name, self._group_form(name, initial), group.depth + 1)
        group.parts.append(node)
        self._groups[name] = node
        return node

    def _limit(self, group: GroupNode, initial: Json) -> None:
        name = self._fresh()
        group.parts.append(LimitNode(name, LimitForm(initial=initial, prefix=f"{PREFIX}-{name}", units=self.units)))

    def _limit_form(self, name: str) -> LimitForm:
        return LimitForm(self._data, prefix=f"{PREFIX}-{name}", units=self.units)

    def _group_form(self, name: str, initial: Json | None = None) -> GroupForm:
        data = self._data if initial is None else None
        return GroupForm(data, initial=initial, prefix=f"{PREFIX}-{name}", label_suffix="")

    def _fresh(self) -> str:
        self._next += 1
        return str(self._next - 1)

    def _remove(self, name: str) -> None:
        if name == "initial":
            self.stages.pop(name, None)
            self._groups.pop(name, None)
            return
        for group in self._groups.values():
            group.parts = [part for part in group.parts if part.name != name]

    def _leaves(self, group: GroupNode) -> Iterator[LimitNode]:
        for part in group.parts:
            if isinstance(part, GroupNode):
                yield from self._leaves(part)
            else:
                yield part


def labelled(message: str) -> str:
    """The rule in the words of the form: its labels instead of the schedule's field names."""
    for name, label in _LABELS.items():
        message = message.replace(f"`{name}`", f"“{label}”")
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")


def _says_something(node: Node) -> bool:
    if isinstance(node, GroupNode):
        return any(_says_something(part) for part in node.parts)
    return bool(node.form.cleaned_data.get("measure"))


def _combine(group: GroupNode) -> Any:
    return group.form["combine"].value() or "first"


def begun(rows: Iterable[LimitForm]) -> list[LimitForm]:
    """The limits that say what they are measured on."""
    return [row for row in rows if row.cleaned_data.get("measure")]
