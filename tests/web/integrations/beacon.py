"""A partner of the Safety settings for tests: it shows whose key it is, and takes customers and messages."""

from collections.abc import Iterator, Sequence

from hangarlink.integration.contract import (
    ApiKey,
    Area,
    Category,
    Change,
    Connector,
    Customer,
    Dataset,
    Directions,
    Field,
    Frequency,
    Identity,
    Manifest,
    Message,
    Pushed,
    Tier,
    pushes,
)


class Beacon(Connector):
    manifest = Manifest(
        key="beacon",
        name="Beacon",
        category=Category.SAFETY,
        area=Area.SAFETY,
        auth=ApiKey(help="Your safety office has it."),
        base_url="https://beacon.example/api",
        base_url_editable=True,
        datasets={Dataset.CUSTOMERS: Directions.PUSH, Dataset.MESSAGES: Directions.PUSH},
        frequencies=(Frequency.REAL_TIME, Frequency.HOURLY, Frequency.MANUAL),
        options=(Field("channel", "Channel", help="Where messages go."),),
        tier=Tier.BRONZE,
        about="Tells the safety office.",
    )

    def prove(self) -> Identity:
        said = self.http.call("GET", "/whoami", read=lambda response: response.json())
        return Identity(said["id"], said["name"])

    @pushes(Dataset.CUSTOMERS)
    def customers(self, changes: Sequence[Change[Customer]]) -> Iterator[Pushed]:
        for change in changes:
            self.http.call("POST", "/customers", json={"name": change.record.name}, read=lambda response: response.body)
            yield Pushed(change.key, external_id=change.key)

    @pushes(Dataset.MESSAGES)
    def messages(self, changes: Sequence[Change[Message]]) -> Iterator[Pushed]:
        for change in changes:
            self.http.call("POST", "/messages", json={"text": change.record.text}, read=lambda response: response.body)
            yield Pushed(change.key, external_id=change.key)


connector = Beacon
