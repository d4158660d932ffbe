"""What a page must have for people who do not see it: names for controls, one heading, no duplicate ids."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

SELF_NAMED = {"hidden", "submit", "button"}


@dataclass
class Control:
    tag: str
    attrs: dict[str, str]
    wrapped: bool

    def __str__(self) -> str:
        return f"<{self.tag} name={self.attrs.get('name', '')} id={self.attrs.get('id', '')}>"


@dataclass
class Page(HTMLParser):
    """Reads a page; `problems()` says what is wrong with it."""

    ids: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    controls: list[Control] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    headings: int = 0
    _labels_open: int = 0
    _open: list[list[object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label":
            self._labels_open += 1
            self.labels.add(found.get("for", ""))
        if tag in {"input", "select", "textarea"} and found.get("type") not in SELF_NAMED:
            self.controls.append(Control(tag, found, self._labels_open > 0))
        if tag == "h1":
            self.headings += 1
        if tag in {"a", "button", "summary"}:
            self._open.append([tag, found, ""])

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one[2] = str(one[2]) + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._labels_open -= 1
        if self._open and self._open[-1][0] == tag:
            _, found, text = self._open.pop()
            assert isinstance(found, dict)
            named = str(text).strip() or found.get("aria-label") or found.get("aria-hidden") == "true"
            if not named:
                self.unnamed.append(f"<{tag} {found}>")

    def problems(self) -> list[str]:
        """One sentence each."""
        found = [f"id {one} twice" for one in set(self.ids) if self.ids.count(one) > 1]
        found += [f"{one} has no label" for one in self.controls if not self._is_named(one)]
        found += [f"{one} says nothing" for one in self.unnamed]
        if self.headings != 1:
            found.append(f"{self.headings} headings of the first level")
        return found

    def _is_named(self, one: Control) -> bool:
        return one.wrapped or "aria-label" in one.attrs or one.attrs.get("id", "-") in self.labels


def problems_of(text: str) -> list[str]:
    """What is wrong with a page."""
    page = Page()
    page.feed(text)
    return page.problems()
