"""The WSGI application: Intuit's OAuth, QuickBooks' API, and /_control for whoever plays the outside world."""

import json
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from hangarlink.sandbox.quickbooks import pages
from hangarlink.sandbox.quickbooks.books import Call
from hangarlink.sandbox.quickbooks.company import Company
from hangarlink.sandbox.quickbooks.control import Control
from hangarlink.sandbox.quickbooks.demo import fill
from hangarlink.sandbox.quickbooks.faults import INSTEAD, KINDS, Fault, Faults, spoil
from hangarlink.sandbox.quickbooks.journal import Entry, Journal
from hangarlink.sandbox.quickbooks.limits import Limits, Throttle
from hangarlink.sandbox.quickbooks.oauth import SCOPE, App, OAuthRefusal, Tokens
from hangarlink.sandbox.quickbooks.refusals import Refusal, gateway_body
from hangarlink.sandbox.quickbooks.webhooks import Webhooks
from hangarlink.sandbox.wsgi import Environ, Problem, Reply, Request, StartResponse

AUTHORIZE = "/connect/oauth2"
TOKENS = "/oauth2/v1/tokens/bearer"
REVOKE = "/v2/oauth2/tokens/revoke"
DISCOVERY = "/.well-known/openid_sandbox_configuration"
ASKED = ("client_id", "response_type", "scope", "redirect_uri", "state", "code_challenge", "code_challenge_method")
HARD_END = "x-include-refresh-token-hard-expires-in"
SMALL = 20_000


class QuickBooksApp:
    """Several companies are several realms; the person who consents chooses one."""

    def __init__(
        self,
        *companies: Company,
        app: App | None = None,
        faults: Faults | None = None,
        limits: Limits | None = None,
        webhooks: Webhooks | None = None,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.companies = {one.realm_id: one for one in companies or (Company(recipe=fill),)}
        self.company = next(iter(self.companies.values()))
        self.faults, self.limits, self.journal = faults or Faults(), limits or Limits(), Journal()
        self.tokens = Tokens(self.company.now, app or App())
        self.webhooks = webhooks or Webhooks()
        for company in self.companies.values():
            self.webhooks.watch(company)
        self.sleep = sleep
        self._throttle = Throttle(self.limits, ticks)
        self._control = Control(self.companies, self.faults, self.journal, self.tokens, self.webhooks)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            reply = self._reply(request)
        except Problem as problem:
            reply = problem.reply
        return reply.send(start_response)

    def _reply(self, request: Request) -> Reply:
        if request.path == AUTHORIZE:
            return self._authorize(request)
        if request.path.startswith("/_control/"):
            return self._control.reply(request)
        if request.path in {TOKENS, REVOKE} or request.path.startswith("/v3/company/"):
            return self._journalled(request)
        if request.path == DISCOVERY:
            return Reply.json(200, self._discovery(request))
        if request.path == "/":
            return Reply.json(200, {"service": "QuickBooks sandbox", "api": "/v3/company/{realmId}", "faults": KINDS})
        return Reply.message(404, f"There is nothing at {request.path}.")

    def _journalled(self, request: Request) -> Reply:
        entry = Entry(request.method, request.path)
        self.journal.add(entry)
        handle = self._api if request.path.startswith("/v3/") else self._token
        try:
            reply = handle(request, entry)
        except Problem as problem:
            reply = problem.reply
        reply.headers["intuit_tid"] = str(uuid.uuid4())
        entry.status = reply.status
        return reply

    # --- the question to a person ----------------------------------------------------------------------------------

    def _authorize(self, request: Request) -> Reply:
        asked = request.query if request.method == "GET" else request.form(SMALL)
        why = self._not_asked_well(asked)
        if why:
            return Reply.html(400, pages.refused(why))
        if request.method == "GET":
            hidden = {name: asked[name] for name in ASKED if name in asked}
            return Reply.html(200, pages.consent(self.companies.values(), hidden, "Hangarlink"))
        return Reply(302, b"", {"Location": self._answer_of(asked)})

    def _not_asked_well(self, asked: dict[str, str]) -> str:
        """What can only be told to the person: a redirect to an unknown place would hand the code to anybody."""
        app = self.tokens.app
        if asked.get("client_id") != app.client_id:
            return "The app is not known: its client_id is wrong."
        if not app.may_redirect_to(asked.get("redirect_uri", "")):
            return "The redirect_uri is not one of the app's. This sandbox takes any on this machine."
        return ""

    def _answer_of(self, asked: dict[str, str]) -> str:
        answer = {"state": asked.get("state", "")}
        if asked.get("response_type") != "code" or not asked.get("state"):
            answer |= {"error": "invalid_request"}
        elif SCOPE not in asked.get("scope", "").split():
            answer |= {"error": "invalid_scope"}
        elif asked.get("answer") != "connect" or asked.get("realmId") not in self.companies:
            answer |= {"error": "access_denied"}
        else:
            challenge = asked.get("code_challenge", "")
            code = self.tokens.code_for(asked["realmId"], asked["redirect_uri"], challenge)
            answer |= {"code": code, "realmId": asked["realmId"]}
        parts = urlsplit(asked["redirect_uri"])
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *answer.items()])
        return urlunsplit(parts._replace(query=query))

    # --- tokens ----------------------------------------------------------------------------------------------------

    def _token(self, request: Request, entry: Entry) -> Reply:
        entry.operation = "token" if request.path == TOKENS else "revoke"
        if request.method != "POST":
            raise Problem(Reply.message(405, "Ask with POST.", Allow="POST"))
        fault = self._fault(entry)
        if fault and fault.kind in INSTEAD:
            return self._instead(fault, request)
        try:
            self.tokens.check_client(request.header("Authorization"))
            answer = self._granted(request, entry) if entry.operation == "token" else self._revoked(request)
        except OAuthRefusal as refusal:
            body = {"error": refusal.error, "error_description": refusal.description}
            return Reply.json(refusal.status, body)
        return self._spoilt(fault, Reply.json(200, answer), request)

    def _granted(self, request: Request, entry: Entry) -> dict[str, Any]:
        form = request.form(SMALL)
        kind = form.get("grant_type", "")
        entry.body = {"grant_type": kind}
        if kind == "authorization_code":
            answer = self.tokens.exchange(form)
        elif kind == "refresh_token":
            answer = self.tokens.refresh(form)
        else:
            raise OAuthRefusal("unsupported_grant_type", f"grant_type {kind} is not supported")
        if request.header(HARD_END).lower() == "true":
            answer["x_refresh_token_hard_expires_in"] = self.tokens.hard_end(answer)
        return answer

    def _revoked(self, request: Request) -> dict[str, Any]:
        if not self.tokens.revoke(str(request.json_object(SMALL).get("token", ""))):
            raise OAuthRefusal("invalid_request", "The token is not known")
        return {}

    def _discovery(self, request: Request) -> dict[str, Any]:
        environ = request.environ
        root = f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '127.0.0.1')}"
        root += environ.get("SCRIPT_NAME", "")
        return {
            "issuer": root,
            "authorization_endpoint": root + AUTHORIZE,
            "token_endpoint": root + TOKENS,
            "revocation_endpoint": root + REVOKE,
            "response_types_supported": ["code"],
            "scopes_supported": [SCOPE],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    # --- the books -------------------------------------------------------------------------------------------------

    def _api(self, request: Request, entry: Entry) -> Reply:
        realm_id, _, rest = request.path.removeprefix("/v3/company/").partition("/")
        company = self._company(request, realm_id)
        entry.realm_id, entry.minor_version = realm_id, request.query.get("minorversion", "")
        if not self._throttle.take(realm_id):
            return self._gateway(429, "3001", "ThrottleExceeded", "THROTTLING")
        try:
            call = Call(company, self.limits, request, rest.strip("/"))
            entry.operation, entry.entity, entry.query = call.operation, call.entity, call.statement
            entry.request_id, entry.body = call.request_id, json.loads(json.dumps(call.given, default=float))
            fault = self._fault(entry)
            if fault and fault.kind in INSTEAD:
                return self._instead(fault, request)
            if fault and fault.kind == "expired_token":
                self.tokens.expire_access()
                return self._gateway(401, "3200", "AuthenticationFailed", "AUTHENTICATION", "Token expired")
            if fault and fault.kind == "somebody_else" and call.entity and call.given.get("Id"):
                company.edit(call.entity, str(call.given["Id"]), PrivateNote="Looked at")
            answer = call.carry_out()
            body = json.dumps(answer, default=float)
        except Refusal as refusal:
            return Reply.json(refusal.status, refusal.body(company.written()))
        if fault:
            body = json.dumps(spoil(fault, json.loads(body)))
        return self._spoilt(fault, _data(body), request)

    def _company(self, request: Request, realm_id: str) -> Company:
        scheme, _, token = request.header("Authorization").partition(" ")
        grant = self.tokens.grant_of(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None:
            raise Problem(self._gateway(401, "3200", "AuthenticationFailed", "AUTHENTICATION", "Token invalid or over"))
        if grant.realm_id != realm_id:
            raise Problem(self._gateway(403, "3100", "ApplicationAuthorizationFailed", "AUTHORIZATION"))
        company = self.companies[realm_id]
        if not company.subscribed:
            raise Problem(self._ended())
        return company

    def _gateway(self, status: int, code: str, what: str, kind: str, detail: str = "") -> Reply:
        message = f"message={what}; errorCode={code.zfill(6)}; statusCode={status}"
        return Reply.json(status, gateway_body(code, message, detail, kind, self.company.written()))

    def _ended(self) -> Reply:
        why = "Subscription period has ended or canceled or there was a billing problem"
        refusal = Refusal("6190", "Invalid Company Status", f"{why} : You can't add data to QuickBooks Online Plus")
        return Reply.json(403, refusal.body(self.company.written()))

    # --- what goes wrong -------------------------------------------------------------------------------------------

    def _fault(self, entry: Entry) -> Fault | None:
        fault = self.faults.take(entry.operation, entry.entity)
        entry.fault = fault.kind if fault else None
        return fault

    def _instead(self, fault: Fault, request: Request) -> Reply:
        if fault.kind == "dropped":
            raise request.hang_up()
        trouble = Refusal("10000", "An application error has occurred while processing your request")
        busy = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        throttled = self._gateway(429, "3001", "ThrottleExceeded", "THROTTLING")
        throttled.headers |= busy
        return {
            "unauthorized": self._gateway(401, "3200", "AuthenticationFailed", "AUTHENTICATION", "Token revoked"),
            "refused_refresh": Reply.json(
                400, {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}
            ),
            "rate_limited": throttled,
            "server_error": Reply.json(fault.status, trouble.body(self.company.written())),
            "fault_in_200": Reply.json(200, trouble.body(self.company.written())),
            "subscription_ended": self._ended(),
            "html": Reply.html(200, "<!doctype html><title>We will be back soon</title><h1>Maintenance</h1>"),
            "redirect": Reply(302, b"", {"Location": fault.location}),
        }[fault.kind]

    def _spoilt(self, fault: Fault | None, reply: Reply, request: Request) -> Reply:
        if fault is None:
            return reply
        if fault.kind == "lost_response":
            raise request.hang_up()
        if fault.kind == "error_after_effect":
            return Reply.json(fault.status, Refusal("10000", "An application error").body(self.company.written()))
        if fault.kind == "slow":
            self.sleep(fault.seconds)
        elif fault.kind == "malformed_json":
            reply.body = reply.body[: len(reply.body) * 2 // 3]
        elif fault.kind == "oversized":
            reply.body += b" " * (fault.megabytes * 1024 * 1024)
        return reply


def _data(body: str) -> Reply:
    return Reply(200, body.encode(), {"Content-Type": "application/json;charset=UTF-8"})
