"""What Slack answers: HTTP 200 with `ok`, or with `ok: false` and the name of an error."""

from typing import Any

from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    Malformed,
    NotReady,
    PartnerError,
    RateLimited,
    Response,
    ServerTrouble,
)

# Source: docs.slack.dev, methods auth.test and chat.postMessage.
SIGNED_OUT = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "org_login_required"}
)
NOT_ALLOWED = frozenset({"missing_scope", "no_permission", "not_allowed_token_type", "ekm_access_denied"})
THEIR_TROUBLE = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
TO_DO = {
    "channel_not_found": "Slack knows no such channel, or hides it from the app. Choose another one in the rule.",
    "not_in_channel": "The app is not in this channel. Invite it there: /invite @hangarlink.",
    "is_archived": "This channel is archived. Choose another one in the rule.",
    "msg_too_long": "Slack refuses the message because it is too long.",
    "restricted_action": "The workspace does not let apps write to this channel. Ask its administrator.",
}


def read(response: Response) -> dict[str, Any]:
    """The answer's fields. Raises what `ok: false` means."""
    said = response.json()
    if not isinstance(said, dict) or not isinstance(said.get("ok"), bool):
        raise Malformed("Slack's answer is not of the form that it documents.")
    if not said["ok"]:
        raise _classified(str(said.get("error") or "unknown_error")[:60], response)
    return said


def _classified(error: str, response: Response) -> PartnerError:
    detail = f"ok: false, error: {error}"
    if error in SIGNED_OUT:
        return AuthFailed("Slack no longer accepts the app's token. Authorise again.", detail=detail)
    if error in NOT_ALLOWED:
        return NotReady("The Slack app lacks a permission. Add the scopes chat:write and channels:read.", detail=detail)
    if error in {"ratelimited", "rate_limited"}:
        wait = response.headers.get("retry-after", "")
        return RateLimited(
            "Slack asks for fewer calls.", retry_after=float(wait) if wait.isdecimal() else None, detail=detail
        )
    if error in THEIR_TROUBLE:
        return ServerTrouble(f"Slack reports a failure on its side ({error}).", detail=detail)
    return DataError(TO_DO.get(error, f"Slack refuses the message ({error})."), detail=detail)
