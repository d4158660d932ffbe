"""Showing that credentials work, and whose account they open, before anything is saved."""

from dataclasses import dataclass

from hangarlink.integration.connections.catalogue import connector_of, manifest_of
from hangarlink.integration.connections.line import Line, PutOff
from hangarlink.integration.connections.pace import Pace
from hangarlink.integration.contract import AuthFailed, Identity, Manifest, NotReady, PartnerError
from hangarlink.platform.errors import Refused, RuleBroken
from hangarlink.platform.outbound import check_url
from hangarlink.platform.vault import Secret

# A person waits for the answer: less time than a run has, and no long waits.
DEADLINE = 10.0
LONGEST_WAIT = 1.0
LONGEST_SECRET = 4096


class Unproven(Refused):
    """The credentials could not be shown to work.

    code   as in the contract's errors: auth_failed, not_ready, unreachable, rate_limited, ...
    field  the input to look at: secret, base_url, or "" when it is the partner's turn
    """

    def __init__(self, message: str, *, field: str, code: str) -> None:
        super().__init__(message, field=field)
        self.code = code


@dataclass(frozen=True)
class Impatient:
    """Tries again at once or not at all."""

    def sleep(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT:
            raise Unproven(
                "The partner does not answer properly just now. Try again in a minute.", field="", code="busy"
            )


def prove(connector: str, *, base_url: str, secret: Secret, pace: Pace | None = None) -> Identity:
    """Call the partner and see whose account this key opens. Writes nothing; keep it out of a write transaction.

    Raises UrlRefused (field base_url), RuleBroken (field secret), Unproven.
    """
    manifest = manifest_of(connector)
    check_endpoint(manifest, base_url)
    _check_secret(manifest, secret)
    with Line(base_url, manifest.auth, secret, pace=pace or Impatient(), deadline=DEADLINE) as line:
        try:
            return connector_of(connector)(line).prove()
        except (AuthFailed, NotReady) as error:
            raise Unproven(str(error), field="secret", code=error.code) from None
        except PutOff as error:
            raise Unproven(
                f"{error} Try again in {error.seconds:.0f} seconds.", field="", code="rate_limited"
            ) from None
        except PartnerError as error:
            raise Unproven(str(error), field="base_url", code=error.code) from None


def check_endpoint(manifest: Manifest, base_url: str) -> None:
    """Raise UrlRefused or RuleBroken (field base_url) unless this endpoint may be used."""
    if not manifest.base_url_editable and base_url != manifest.base_url:
        raise RuleBroken(f"The endpoint of {manifest.name} is {manifest.base_url} and stays so.", field="base_url")
    check_url(base_url, field="base_url")


def _check_secret(manifest: Manifest, secret: Secret) -> None:
    """What would not survive as a header is refused here, before a library puts it into an error message."""
    text = secret.reveal()
    if not text:
        raise RuleBroken(f"Enter the {manifest.auth.label} of {manifest.name}.", field="secret")
    if len(text) > LONGEST_SECRET or not all("!" <= character <= "~" for character in text):
        raise RuleBroken(f"The {manifest.auth.label} holds a blank or a character that no key has.", field="secret")
