"""One POST of a partner: size, address, quota, signature; then it is kept and acknowledged, and nothing else."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from hangarlink.integration.inbound.actions import find_hook, note_refusal, receive
from hangarlink.integration.inbound.models import Hook
from hangarlink.integration.inbound.rules import MAX_BODY, NotVerified, Refusal
from hangarlink.platform.applications.rates import count_request
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.middleware import subdomain_of
from hangarlink.platform.tenancy.models import Account
from hangarlink.web.access import public

PER_MINUTE = 300


@csrf_exempt
@public
@transaction.non_atomic_requests
def receive_webhook(request: HttpRequest, key: str) -> HttpResponse:
    """POST /hooks/KEY. 200 once it is stored; 401 does not say why; 404 for an address of another account, too."""
    if request.method != "POST":
        return _said(405, "Webhooks are POSTed.", {"Allow": "POST"})
    account = Account.objects.filter(subdomain=subdomain_of(request.get_host())).first()
    hook = _hook(account, key) if account is not None else None
    if account is None or hook is None:
        return _said(404, "There is no webhook address like this.")
    quota = count_request(f"hook:{hook.id}", PER_MINUTE)
    if quota.is_spent:
        return _said(429, "Too many requests.", quota.headers())
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        return _said(411, "Send a Content-Length header.")
    if int(length) > MAX_BODY:
        with acting_in(account):
            note_refusal(hook, Refusal.TOO_LARGE)
        return _said(413, f"At most {MAX_BODY:,} bytes are taken.")
    return _taken(request, account, hook)


def _hook(account: Account, key: str) -> Hook | None:
    if "\x00" in key or len(key) > 40:
        return None
    with acting_in(account):
        return find_hook(key)


def _taken(request: HttpRequest, account: Account, hook: Hook) -> HttpResponse:
    try:
        body = request.body
    except OSError:
        return _said(400, "The body ended before its Content-Length.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    refused: NotVerified | None = None
    with acting_in(account):
        try:
            answer = receive(hook, headers, body)
        except NotVerified as error:
            # Noted on the connection: that must outlive the refusal.
            refused, answer = error, ""
    if refused is not None:
        return _said(401, "Not verified.")
    return _said(200, answer)


def _said(status: int, text: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(
        text,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
