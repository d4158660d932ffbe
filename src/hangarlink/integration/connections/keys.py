"""What a line signs its calls with: secrets as they lie in the vault, or tokens that are bought and renewed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hangarlink.platform.vault import Secret


class Keys(Protocol):
    """The engine's side of an auth kind. Nothing of it may reach a log: `texts` is what is blotted out of errors."""

    def values(self) -> Mapping[str, str]:
        """The values that the kind's `headers` and `params` ask for, revealed for the moment of one call."""
        ...

    def renew(self) -> bool:
        """After the partner refused them: whether there are others now, so that the call is worth repeating once."""
        ...

    def texts(self) -> list[str]:
        """Every secret text that could be in what the partner answers."""
        ...


@dataclass(frozen=True)
class Stored:
    """Secrets from the vault, and what was entered beside them. A person enters new ones; nothing else renews them."""

    secrets: Mapping[str, Secret]
    plain: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> Mapping[str, str]:
        return {**self.plain, **{name: secret.reveal() for name, secret in self.secrets.items()}}

    def renew(self) -> bool:
        return False

    def texts(self) -> list[str]:
        return [text for secret in self.secrets.values() if (text := secret.reveal())]
