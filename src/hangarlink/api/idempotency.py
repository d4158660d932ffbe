"""Idempotency-Key: a request repeated with its key gets the first one's answer (draft-ietf-httpapi-idempotency-key).

While the first is under way its key is held by an advisory lock of the transaction, so a process that dies leaves
nothing behind that would block the key.
"""

import hashlib
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse

from hangarlink.api.errors import ApiError, invalid_request
from hangarlink.platform.applications.models import KeptAnswer
from hangarlink.platform.tenancy.context import current_account

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_LONGEST = 255


def key_of(request: HttpRequest) -> str:
    """The request's key; "" when it carries none. Raises ApiError for one that cannot be kept."""
    if HEADER not in request.headers:
        return ""
    key: str = request.headers[HEADER].strip()
    if not 1 <= len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise invalid_request(f"{HEADER}: use 1 to {_LONGEST} printable ASCII characters, e.g. a UUID.")
    return key


def kept_answer(request: HttpRequest, application_id: UUID, key: str) -> HttpResponse | None:
    """The answer to give again, or None: then this request is the first, and holds the key until its transaction ends.

    Raises ApiError 409 while another request with the key is under way, 422 when the key was used for something else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [f"{application_id}:{key}"])
        (held,) = cursor.fetchone()
    if not held:
        text = f"A request with this {HEADER} is being worked on. Ask again in a second."
        raise ApiError(409, "request_in_progress", text, {"Retry-After": "1"})
    kept = KeptAnswer.objects.filter(application_id=application_id, key=key).first()
    if kept is None:
        return None
    if kept.request_digest != digest_of(request):
        text = f"This {HEADER} was used for another request. Use a new key for a new request."
        raise ApiError(422, "idempotency_key_reused", text)
    return HttpResponse(kept.body, status=kept.status, content_type="application/json", headers={REPLAYED: "true"})


def keep_answer(request: HttpRequest, application_id: UUID, key: str, status: int, body: str) -> None:
    """Remember an answer for repetitions within a day. `body` holds no secret: it is kept as it is."""
    row = KeptAnswer(
        account=current_account(),
        application_id=application_id,
        key=key,
        request_digest=digest_of(request),
        status=status,
        body=body,
    )
    KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)


def digest_of(request: HttpRequest) -> str:
    """Of method, path, query and body."""
    head = f"{request.method} {request.get_full_path()}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(head + request.body).hexdigest()
