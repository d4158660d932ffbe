"""How QuickBooks says no: a Fault with its code, and the other shape of its gateway, before the books are open."""

from typing import Any


class Refusal(Exception):
    """A request that the books refuse. `code` and `type` are QuickBooks' own; `status` is the HTTP status."""

    def __init__(
        self, code: str, message: str, detail: str = "", *, element: str = "", status: int = 400, type: str = ""
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code, self.message, self.detail, self.element = code, message, detail or message, element
        self.status, self.type = status, type or "ValidationFault"

    def body(self, time: str) -> dict[str, Any]:
        error = {"Message": self.message, "Detail": self.detail, "code": self.code, "element": self.element}
        return {"Fault": {"Error": [error], "type": self.type}, "time": time}


def gateway_body(code: str, message: str, detail: str, type: str, time: str) -> dict[str, Any]:
    """The lower-case shape of 401, 403 and 429: the gateway answers before any company is looked at."""
    error = {"message": message, "detail": detail, "code": code, "element": None}
    return {"warnings": None, "intuitObject": None, "fault": {"error": [error], "type": type}, "time": time}


def missing(name: str) -> Refusal:
    return Refusal(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {name} is missing in the request",
        element=name,
    )


def unknown_property(name: str) -> Refusal:
    return Refusal(
        "2010",
        "Request has invalid or unsupported property",
        f"Property Name:{name} specified is unsupported or invalid",
        element=name,
    )


def not_found(entity: str, id: str) -> Refusal:
    return Refusal("610", "Object Not Found", f"Object Not Found : {entity} {id} does not exist or was deleted")


def bad_reference(name: str, id: str) -> Refusal:
    return Refusal(
        "2500", "Invalid Reference Id", f"Invalid Reference Id : {name} element id {id} not found", element=name
    )


def invalid(name: str, why: str) -> Refusal:
    return Refusal("2030", "Invalid value", f"{name}: {why}", element=name)


def business(detail: str, element: str = "") -> Refusal:
    return Refusal(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {detail}",
        element=element,
    )


def stale(who: str) -> Refusal:
    return Refusal(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {who} were working on this at the same time. "
        f"{who} finished before you did, so your work was not saved.",
    )
