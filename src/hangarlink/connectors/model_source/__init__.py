"""A data source of aircraft models: any server that lists them as JSON. Aircraft models in.

What FlightLogger's Aircraft Model Sync asks of its sources is not published beyond: an endpoint, a key, rows with
`external_id` (contracts/flightlogger.md 4). So the shape is ours, and that of our own API, which can be a source for
another account: an object with `aircraft_models` (or a bare list) of objects with `external_id`, `name` and what else
is known; `next_cursor`, where there is more, is sent back as `?cursor=`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hangarlink.integration.contract import (
    AircraftModel,
    ApiKey,
    Area,
    Category,
    Connector,
    Cursor,
    DataError,
    Dataset,
    Directions,
    Field,
    Identity,
    Malformed,
    Manifest,
    Page,
    Tier,
    Unreadable,
    pulls,
)

MOST_PAGES = 200
TEXTS = ("name", "manufacturer", "model_number", "description")


class ModelSource(Connector):
    manifest = Manifest(
        key="model_source",
        name="Aircraft model data source",
        category=Category.MAINTENANCE,
        area=Area.OPS,
        auth=ApiKey(help="Sent as Authorization: Bearer. The owner of the data source has it."),
        base_url="",
        base_url_editable=True,
        datasets={Dataset.AIRCRAFT_MODELS: Directions.PULL},
        options=(
            Field("source", "Data source name", help="What aircraft models that follow it bear as their data source."),
        ),
        tier=Tier.SILVER,
        about="Creates and updates aircraft models from a list that somebody else keeps: Aircraft Model Sync.",
        setup=(
            "An aircraft model follows the data source when it bears the connection's name as its data source and the "
            "row's external_id as its external id. A model that the source brings is made so by itself."
        ),
        docs="user/aircraft-model-sync",
    )

    def prove(self) -> Identity:
        """The first page can be read. Which data source it is, is what it was named here."""
        self._page("")
        name = str(self.options.get("source", "")).strip()
        return Identity(name, name)

    @pulls(Dataset.AIRCRAFT_MODELS)
    def aircraft_models(self, cursor: Cursor) -> Iterator[Page[AircraftModel]]:  # noqa: ARG002 - always from the start
        """All of them, every time: a list of types is short, and nobody promises a mark of what changed."""
        at = ""
        for _ in range(MOST_PAGES):
            said, rows = self._page(at)
            read = [_read(row) for row in rows]
            following = said.get("next_cursor") if isinstance(said, Mapping) else None
            if following is not None and (not isinstance(following, str) or following == at):
                raise Malformed("The data source names no next page that could be asked for.")
            yield Page(
                records=[one for one in read if isinstance(one, AircraftModel)],
                cursor=Cursor(),
                unreadable=[one for one in read if isinstance(one, Unreadable)],
                complete=not following,
            )
            if not following:
                return
            at = following
        raise Malformed(f"The data source has more than {MOST_PAGES} pages.")

    def _page(self, at: str) -> tuple[Any, list[Any]]:
        said = self.http.call("GET", params={"cursor": at} if at else None, read=lambda response: response.json())
        rows = said.get("aircraft_models") if isinstance(said, Mapping) else said
        if not isinstance(rows, list):
            raise Malformed("The answer holds no list named aircraft_models.")
        return said, rows


def _read(row: Any) -> AircraftModel | Unreadable:
    if not isinstance(row, Mapping):
        return Unreadable("", "A row is no object.")
    external_id = row.get("external_id")
    if not isinstance(external_id, str | int) or not str(external_id).strip():
        return Unreadable("", "The row has no external_id.", subject=str(row.get("name", ""))[:120])
    external_id = str(external_id)
    wrong = [name for name in TEXTS if not isinstance(row.get(name) or "", str)]
    specifications = row.get("specifications") or {}
    if wrong or not isinstance(specifications, Mapping):
        return Unreadable(external_id, f"{(wrong or ['specifications'])[0]} is not what it should be.")
    texts = {name: (row.get(name) or "").strip() for name in TEXTS}
    known = {str(name): _value(value) for name, value in specifications.items() if value is not None}
    try:
        return AircraftModel(
            external_id,
            name=texts["name"],
            manufacturer=texts["manufacturer"],
            model_number=texts["model_number"],
            description=texts["description"],
            specifications=known,
        )
    except DataError as error:
        return Unreadable(external_id, str(error), subject=str(row.get("name", ""))[:120])


def _value(value: Any) -> str | int:
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


connector = ModelSource
