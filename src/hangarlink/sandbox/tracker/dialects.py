"""The four dialects: how a due list is written, how totals and flights are read. Each is a small world of its own."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol
from xml.etree import ElementTree as ET

from hangarlink.sandbox.tracker.shop import Item, Refused, SentFlight, Shop, Totals, hours_of, seconds_of

CAMP_MOMENT, CMP_MOMENT = "%d-%b-%Y %H:%M", "%m/%d/%Y %H:%M"


class Dialect(Protocol):
    """name: also the first part of its paths; suffix: of its files; media_type: of its answers."""

    name: str
    suffix: str
    media_type: str

    def due_list(self, shop: Shop, items: Sequence[Item], **frame: Any) -> bytes: ...

    def totals(self, body: bytes) -> list[Totals]: ...

    def flights(self, body: bytes) -> list[SentFlight]: ...

    def answer(self, accepted: bool, reason: str) -> bytes: ...

    def account(self, shop: Shop) -> bytes: ...


class Camp:
    """XML; hours as 1234:05, dates as 05-Jan-2026; nested elements and attributes."""

    name, suffix, media_type = "camp", "xml", "application/xml; charset=utf-8"

    def due_list(self, shop: Shop, items: Sequence[Item], **frame: Any) -> bytes:  # noqa: ARG002
        root = ET.Element("dueList", xmlns="urn:example:camp-like:due-list")
        ET.SubElement(ET.SubElement(root, "header"), "asOf").text = shop.clock().strftime(CAMP_MOMENT)
        outer = ET.SubElement(root, "items", count=str(len(items)))
        for item in items:
            tail = shop.tails[item.tail]
            one = ET.SubElement(outer, "item")
            ET.SubElement(one, "taskId").text = item.id
            ET.SubElement(one, "aircraft", tail=tail.tail, serial=tail.serial)
            ET.SubElement(one, "taskCode").text = item.code
            ET.SubElement(one, "description").text = item.title
            ET.SubElement(one, "ata").text = item.ata
            if item.component_serial:
                ET.SubElement(one, "component", serial=item.component_serial)
            ET.SubElement(one, "status").text = _word(shop, item, ("Current", "Coming due", "Overdue", "Complied"))
            following, remaining = ET.SubElement(one, "next"), ET.SubElement(one, "remaining")
            if item.due_seconds is not None:
                ET.SubElement(following, "hours").text = hhmm(item.due_seconds)
                ET.SubElement(remaining, "hours").text = hhmm(item.due_seconds - tail.seconds)
            if item.due_landings is not None:
                ET.SubElement(following, "landings").text = str(item.due_landings)
                ET.SubElement(remaining, "landings").text = str(item.due_landings - tail.landings)
            if item.due_on:
                ET.SubElement(following, "date").text = item.due_on.strftime("%d-%b-%Y")
        content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return content

    def totals(self, body: bytes) -> list[Totals]:
        return [
            Totals(
                tail=_child(one, "tail"), serial=one.findtext("serial"),
                as_of=_moment(_child(one, "asOf"), CAMP_MOMENT),
                seconds=_hhmm_seconds(_child(part, "hours")), landings=_whole(part.findtext("landings")),
                message=_child(one, "messageId"),
            )
            for one in _elements(body, "totals") for part in one.iter("component")
            if _child(part, "code") == "AIRFRAME"
        ]  # fmt: skip

    def flights(self, body: bytes) -> list[SentFlight]:
        return [
            SentFlight(
                tail=_child(one, "tail"), serial=one.findtext("serial"), id=_child(one, "messageId"),
                off=_moment(_child(one, "off"), CAMP_MOMENT), on=_moment(_child(one, "on"), CAMP_MOMENT),
                seconds=_hhmm_seconds(found) if (found := one.findtext("airborne")) else None,
                landings=_whole(one.findtext("landings")),
            )
            for one in _elements(body, "flight")
        ]  # fmt: skip

    def answer(self, accepted: bool, reason: str) -> bytes:
        root = ET.Element("result")
        ET.SubElement(root, "accepted").text = "true" if accepted else "false"
        ET.SubElement(root, "reason").text = reason
        content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return content

    def account(self, shop: Shop) -> bytes:
        root = ET.Element("account")
        ET.SubElement(root, "operatorId").text = shop.account
        ET.SubElement(root, "operatorName").text = shop.name
        content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return content


class Traxxall:
    """JSON; decimal hours as numbers, ISO dates; cursors."""

    name, suffix, media_type = "traxxall", "json", "application/json; charset=utf-8"

    def due_list(self, shop: Shop, items: Sequence[Item], **frame: Any) -> bytes:
        rows = []
        for item in items:
            tail, due, left = shop.tails[item.tail], {}, {}
            if item.due_seconds is not None:
                due["hours"] = _number(item.due_seconds)
                left["hours"] = _number(item.due_seconds - tail.seconds)
            if item.due_landings is not None:
                due["cycles"], left["cycles"] = item.due_landings, item.due_landings - tail.landings
            if item.due_on:
                due["date"], left["days"] = item.due_on.isoformat(), (item.due_on - shop.clock().date()).days
            rows.append(
                {"id": item.id, "aircraft": {"id": tail.id, "registration": tail.tail}, "reference": item.code,
                 "title": item.title, "ataChapter": item.ata, "component": {"serialNumber": item.component_serial},
                 "status": _word(shop, item, ("OK", "DUE_SOON", "OVERDUE", "CLOSED")), "due": due, "remaining": left}
            )  # fmt: skip
        return json.dumps({"asOf": shop.clock().isoformat(), "items": rows, "next": frame.get("next")}).encode()

    def totals(self, body: bytes) -> list[Totals]:
        return [
            Totals(
                tail=str(one["registration"]), serial=None, as_of=_iso(one["asOf"]),
                seconds=_decimal_seconds(part["hours"]), landings=part.get("landings"), message=str(one["messageId"]),
            )
            for one in _json_rows(body, "totals") for part in one["components"] if part["component"] == "AIRFRAME"
        ]  # fmt: skip

    def flights(self, body: bytes) -> list[SentFlight]:
        return [
            SentFlight(
                tail=str(one["registration"]), serial=None, id=str(one["messageId"]), off=_iso(one["off"]),
                on=_iso(one["on"]), landings=one.get("landings"),
                seconds=None if one.get("flightHours") is None else _decimal_seconds(one["flightHours"]),
            )
            for one in _json_rows(body, "flights")
        ]  # fmt: skip

    def answer(self, accepted: bool, reason: str) -> bytes:
        return json.dumps({"status": "accepted" if accepted else "refused", "message": reason}).encode()

    def account(self, shop: Shop) -> bytes:
        return json.dumps({"account": {"id": shop.account, "name": shop.name}}).encode()


class Veryon:
    """JSON; whole minutes; page numbers; the moment stands in every record."""

    name, suffix, media_type = "veryon", "json", "application/json; charset=utf-8"

    def due_list(self, shop: Shop, items: Sequence[Item], **frame: Any) -> bytes:  # noqa: ARG002
        now = shop.clock().isoformat()
        rows = []
        for item in items:
            tail = shop.tails[item.tail]
            row: dict[str, Any] = {
                "tailNumber": tail.tail, "airframeSerial": tail.serial, "itemCode": item.code,
                "itemDescription": item.title, "ata": item.ata, "componentSerial": item.component_serial,
                "itemStatus": _word(shop, item, ("Normal", "Warning", "PastDue", "Complete")), "calculatedAt": now,
            }  # fmt: skip
            if item.due_seconds is not None:
                row["nextDueMinutes"] = item.due_seconds // 60
                row["remainingMinutes"] = (item.due_seconds - tail.seconds) // 60
            if item.due_landings is not None:
                row |= {
                    "nextDueLandings": item.due_landings,
                    "remainingLandings": item.due_landings - tail.landings,
                }
            if item.due_on:
                row["nextDueDate"] = item.due_on.isoformat()
            rows.append(row)
        return json.dumps({"data": rows, "pageCount": len(rows)}).encode()

    def totals(self, body: bytes) -> list[Totals]:
        return [
            Totals(
                tail=str(one["tailNumber"]), serial=str(one["airframeSerial"]), as_of=_iso(one["asOf"]),
                seconds=_whole_number(part["minutes"]) * 60, landings=part.get("landings"),
                message=str(one["requestId"]),
            )
            for one in _json_rows(body, "times") for part in one["components"] if part["position"] == "AIRFRAME"
        ]  # fmt: skip

    def flights(self, body: bytes) -> list[SentFlight]:
        return [
            SentFlight(
                tail=str(one["tailNumber"]), serial=str(one["airframeSerial"]), id=str(one["requestId"]),
                off=_iso(one["off"]), on=_iso(one["on"]), landings=one.get("landings"),
                seconds=None if one.get("minutes") is None else _whole_number(one["minutes"]) * 60,
            )
            for one in _json_rows(body, "flights")
        ]  # fmt: skip

    def answer(self, accepted: bool, reason: str) -> bytes:
        return json.dumps({"accepted": accepted, "error": reason or None}).encode()

    def account(self, shop: Shop) -> bytes:
        return json.dumps({"companyId": shop.account, "companyName": shop.name}).encode()


class Cmp:
    """CSV with American dates, thousands signs and a closing END line that counts the rows."""

    name, suffix, media_type = "cmp", "csv", "text/csv; charset=utf-8"
    HEAD = (
        "Tail", "Aircraft S/N", "Code", "Description", "ATA", "Component S/N", "Due Hours", "Rem Hours", "Due Ldgs",
        "Rem Ldgs", "Due Date", "Status", "As Of",
    )  # fmt: skip

    def due_list(self, shop: Shop, items: Sequence[Item], **frame: Any) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=frame.get("delimiter", ","))
        writer.writerow(self.HEAD)
        for item in items:
            tail = shop.tails[item.tail]
            hours, ldgs = item.due_seconds, item.due_landings
            writer.writerow(
                [tail.tail, tail.serial, item.code, item.title, item.ata, item.component_serial,
                 "" if hours is None else f"{Decimal(hours_of(hours)):,}",
                 "" if hours is None else f"{Decimal(hours_of(hours - tail.seconds)):,}",
                 "" if ldgs is None else f"{ldgs:,}", "" if ldgs is None else f"{ldgs - tail.landings:,}",
                 item.due_on.strftime("%m/%d/%Y") if item.due_on else "", _word(shop, item, ("C", "W", "O", "X")),
                 shop.clock().strftime(CMP_MOMENT)]
            )  # fmt: skip
        writer.writerow(["END", len(items)])
        return out.getvalue().encode()

    def totals(self, body: bytes) -> list[Totals]:
        return [
            Totals(
                tail=row["Tail"], serial=row["Serial"], as_of=_moment(row["AsOf"], CMP_MOMENT),
                seconds=_decimal_seconds(row["Hours"]), landings=_whole(row["Landings"]), message=row["Message"],
            )
            for row in _csv_rows(body) if row["Component"] == "AIRFRAME"
        ]  # fmt: skip

    def flights(self, body: bytes) -> list[SentFlight]:
        return [
            SentFlight(
                tail=row["Tail"], serial=row["Serial"], id=row["Message"], off=_moment(row["Off"], CMP_MOMENT),
                on=_moment(row["On"], CMP_MOMENT), landings=_whole(row["Landings"]),
                seconds=_decimal_seconds(row["Hours"]) if row["Hours"] else None,
            )
            for row in _csv_rows(body)
        ]  # fmt: skip

    def answer(self, accepted: bool, reason: str) -> bytes:
        return json.dumps({"accepted": accepted, "reason": reason}).encode()

    def account(self, shop: Shop) -> bytes:
        return json.dumps({"programme": shop.account, "operator": shop.name}).encode()


DIALECTS: dict[str, Dialect] = {one.name: one for one in (Camp(), Traxxall(), Veryon(), Cmp())}


def hhmm(seconds: int) -> str:
    """Hours and minutes, cut downwards: -0:30 is half an hour over."""
    minutes = seconds // 60
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def _word(shop: Shop, item: Item, words: tuple[str, str, str, str]) -> str:
    ok, soon, over, done = words
    tail = shop.tails[item.tail]
    left = [] if item.due_seconds is None else [(item.due_seconds - tail.seconds, 25 * 3600)]
    left += [] if item.due_landings is None else [(item.due_landings - tail.landings, 20)]
    left += [] if item.due_on is None else [((item.due_on - shop.clock().date()).days, 30)]
    if item.is_done:
        return done
    return over if any(n < 0 for n, _ in left) else soon if any(n <= most for n, most in left) else ok


def _number(seconds: int) -> Any:
    """Decimal hours as JSON would print them: the text of a decimal with two places, as a number."""
    return float(hours_of(seconds))


def _elements(body: bytes, name: str) -> list[ET.Element]:
    try:
        root = ET.fromstring(body)  # noqa: S314 - the sandbox reads what its own client wrote
    except ET.ParseError as error:
        raise Refused("invalid", f"not XML: {error}") from None
    return [root] if root.tag == name else list(root.iter(name))


def _child(element: ET.Element, name: str) -> str:
    text = element.findtext(name)
    if not text:
        raise Refused("invalid", f"{element.tag} has no {name}")
    return text


def _json_rows(body: bytes, name: str) -> list[dict[str, Any]]:
    """One object, or a list of them under the name; numbers stay exact."""
    try:
        found = json.loads(body, parse_float=Decimal)
        rows = found.get(name, [found])
        return [dict(row) for row in rows]
    except (ValueError, TypeError) as error:
        raise Refused("invalid", f"not the documented JSON: {error}") from None


def _csv_rows(body: bytes) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    if not rows or rows[-1][next(iter(rows[-1]))] != "END":
        raise Refused("invalid", "the END line is missing")
    if list(rows[-1].values())[1] != str(len(rows) - 1):
        raise Refused("invalid", "the END line counts other rows than there are")
    return rows[:-1]


def _moment(text: str, pattern: str) -> datetime:
    try:
        return datetime.strptime(text, pattern).replace(tzinfo=UTC)
    except ValueError:
        raise Refused("invalid", f"{text} is no moment written as {pattern}") from None


def _iso(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        raise Refused("invalid", f"{text} is no ISO moment") from None


def _hhmm_seconds(text: str) -> int:
    hours, sign, minutes = text.partition(":")
    if not sign or not hours.isdigit() or not minutes.isdigit() or len(minutes) != 2:
        raise Refused("invalid", f"{text} is not written as hours and minutes, 1234:05")
    return int(hours) * 3600 + int(minutes) * 60


def _decimal_seconds(value: Any) -> int:
    text = str(value)
    if isinstance(value, str) and ":" in text:
        raise Refused("invalid", f"{text} is not written as decimal hours")
    return seconds_of(text)


def _whole_number(value: Any) -> int:
    if type(value) is not int:
        raise Refused("invalid", f"{value} is not a whole number of minutes")
    return value


def _whole(text: str | None) -> int | None:
    return int(text) if text else None
