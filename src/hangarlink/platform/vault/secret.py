"""The type a secret travels in. Printing, logging or storing it by accident gives `•••` or an error, never the text."""

import hmac
import weakref
from typing import Any, NoReturn
from urllib.parse import quote

MASK = "•••"
_SHORTEST_MASKED = 6
_living: "weakref.WeakValueDictionary[int, Secret]" = weakref.WeakValueDictionary()


class Secret:
    """Holds a secret text. `reveal()` is the only way to it, so a search for that word finds every use."""

    __slots__ = ("__weakref__", "_value")
    _value: str

    def __init__(self, value: str) -> None:
        if type(value) is not str:
            raise TypeError(f"A secret is made from text, not from {type(value).__name__}.")
        object.__setattr__(self, "_value", value)
        if len(value) >= _SHORTEST_MASKED:
            _living[id(self)] = self

    def reveal(self) -> str:
        """The text itself. Call it where it is used, and keep the result in no variable longer than that."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    # A hash would be a fingerprint, and an invitation to use secrets as keys of a dictionary.
    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError("A secret does not change: make a new one.")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("A secret is not formatted into text: call reveal() where it is used.")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("A secret is not pickled: keep it in the vault.")

    def __getstate__(self) -> NoReturn:
        raise TypeError("A secret is not pickled: keep it in the vault.")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Secret":
        return self


def mask_living(text: str) -> str:
    """The text without any secret that is held by this process right now, as it is or as it stands in a URL.

    The last net under logs: it catches a secret that a library put into a message of its own. Secrets shorter than six
    characters are left, or the log would be all masks.
    """
    for secret in list(_living.values()):
        value = secret.reveal()
        for spelling in (value, quote(value, safe="")):
            if spelling in text:
                text = text.replace(spelling, MASK)
    return text
