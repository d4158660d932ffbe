"""The few ways an action says no. Pages, API, jobs and commands translate them once; rooms raise them.

Pure Python: `rules.py` files may import this module.
"""


class Refused(Exception):
    """An action said no. `str(error)` is a sentence for the person who asked: the value, the rule, what to do.

    field  the name of the input at fault, as the caller spelled it, or "" when no single input is
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class RuleBroken(Refused):
    """The input is well formed and breaks a rule of the trade."""


class NotPermitted(Refused):
    """The acting user lacks a permission."""

    def __init__(self, permission: str, message: str = "") -> None:
        message = message or f"This needs the permission {permission}. Ask an administrator of this account for it."
        super().__init__(message)
        self.permission = permission


class Missing(Refused):
    """What the caller named does not exist in this account."""
