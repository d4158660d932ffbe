"""YAML to plain data, without the surprises of YAML: no floats, no dates, no `on` for yes, no 4875:27 in base 60.

Only `true`, `false`, `null` and whole numbers are more than text; a key given twice, an anchor or a tag is refused.
"""

from collections.abc import Sequence
from pathlib import Path
from re import compile as pattern
from typing import Any

import yaml

from hangarlink.maintenance.conformance.problems import FileInvalid, Problem

LARGEST_FILE = 2_000_000
MOST_DEPTH = 40
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = pattern(r"-?(0|[1-9][0-9]*)")
_LONGEST_NUMBER = 18

Place = Sequence[int | str]


class Document:
    """A file that was read: its `data`, and the line each part of it stands on."""

    def __init__(self, path: Path, node: yaml.Node | None) -> None:
        self.path, self._node = path, node
        self.data = None if node is None else self._plain(node, 1)

    def line(self, place: Place) -> int:
        """The line of a part, by keys and positions; of the last part on the way that exists."""
        node = self._node
        line = 1 if node is None else node.start_mark.line + 1
        for step in place:
            found = _child(node, step)
            if found is not None:
                node, line = found
        return line

    def _plain(self, node: yaml.Node, depth: int) -> Any:
        if depth > MOST_DEPTH:
            raise self._refused(node, f"this is nested more than {MOST_DEPTH} deep")
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(child, depth + 1) for child in node.value]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._refused(key, "a key must be a word")
            if key.value in found:
                raise self._refused(key, f"{key.value!r} is given twice")
            found[key.value] = self._plain(value, depth + 1)
        return found

    def _refused(self, node: yaml.Node, message: str) -> FileInvalid:
        return FileInvalid([Problem(str(self.path), node.start_mark.line + 1, "", "", message)])


def read(path: Path) -> Document:
    """The document in a file. Raises FileInvalid for what is not plain YAML."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _invalid(path, 1, f"the file has more than {LARGEST_FILE:,} bytes; cases belong in smaller files")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(path, 1, f"the file cannot be read: {error}") from None
    try:
        _refuse_shared(path, text)
        return Document(path, yaml.compose(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "it breaks off"
        raise _invalid(path, mark.line + 1 if mark else 1, f"this is not YAML: {said}") from None


def _refuse_shared(path: Path, text: str) -> None:
    """An anchor makes one line mean two things, and many of them make a small file endless."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        anchored = getattr(event, "anchor", None)
        tagged = getattr(event, "tag", None)
        if anchored or tagged:
            what = f"an anchor or alias ({anchored})" if anchored else f"a tag ({tagged})"
            mark = event.start_mark
            raise _invalid(path, mark.line + 1 if mark else 1, f"{what} is not allowed here: write it out")


def _invalid(path: Path, line: int, message: str) -> FileInvalid:
    return FileInvalid([Problem(str(path), line, "", "", message)])


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if getattr(node, "style", None) is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) and len(text) <= _LONGEST_NUMBER else text


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child = node.value[step]
        return child, child.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return value, key.start_mark.line + 1
    return None
