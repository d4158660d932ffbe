"""Planted secrets never come out, whoever logs them and however."""

import json
import logging
import sys
import threading
import uuid
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import httpx2
import procrastinate.testing
import pytest
import structlog
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.log import log_response
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.platform.logs import RequestIdMiddleware, catch_uncaught, configure, redact_text, working_on
from hangarlink.platform.logs.redaction import LONGEST
from hangarlink.platform.vault import Secret

CANARY = "cAnary5f1c9eX7q2"


@pytest.fixture(params=["json", "console"])
def written(request, capsys):
    """Call it for all that was written to standard error so far."""
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    hooks = sys.excepthook, threading.excepthook
    configure(format=request.param, level="DEBUG")
    so_far = []

    def read() -> str:
        so_far.append(capsys.readouterr().err)
        return "".join(so_far)

    yield read
    logging.getLogger().handlers, logging.getLogger().level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(False)


@pytest.fixture
def alone(written):
    """Call it first: takes pytest's own handlers away, which raise where ours must not."""

    def remove() -> None:
        root = logging.getLogger()
        root.handlers = [each for each in root.handlers if type(each).__module__.startswith("hangarlink")]

    return remove


@pytest.fixture
def entries(written):
    """The entries as objects; for tests that do not care about the console."""
    configure(format="json", level="DEBUG")
    return lambda: [json.loads(line) for line in written().splitlines()]


@dataclass
class Credentials:
    api_key: str
    user: str


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError(f"Bearer {CANARY}")


SPOKEN = [
    f"Authorization: Bearer {CANARY}",
    f"authorization: Basic {CANARY}==",
    f"sent Bearer {CANARY} and got 401",
    f"bearer\t{CANARY}",
    f"Proxy-Authorization: Digest username={CANARY}, response={CANARY}",
    f"Cookie: a=1; sessionid={CANARY}; b={CANARY}",
    f"Set-Cookie: x={CANARY}; Path=/",
    f"api_key={CANARY}",
    f"apiKey: {CANARY}",
    f"X-Api-Key: {CANARY}",
    f"client_secret={CANARY}&grant_type=client_credentials",
    f'{{"password": "{CANARY} with \\"{CANARY}\\" quotes"}}',
    f"{{'refresh_token': '{CANARY}'}}",
    f"{{'headers': [(b'X-Api-Key', b'{CANARY}'), (b'Accept', b'*/*')]}}",
    f"Headers([('authorization', 'Bearer {CANARY}')])",
    f"Credentials(api_key='{CANARY}', user='x')",
    f"access_token => {CANARY}",
    f"https://user:{CANARY}@partner.example/",
    f"https://{CANARY}@partner.example/",
    f"postgresql://owner:{CANARY}@localhost/hangarlink",
    f"password={CANARY} host=localhost",
    f"GET /callback?code={CANARY}&state={CANARY} 302",
    f"GET /x?sig={CANARY}#y",
    f"https://hooks.slack.com/services/T0/B0/{CANARY}",
    f"Not Found: /invitations/{CANARY}aB3dE5fG7",
    f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.sig",
    f"whsec_{CANARY}",
    f"sk_live_{CANARY}",
    f"the token hlt_{CANARY} was refused",
    f"hls_{CANARY}",
    f"xoxb-{CANARY}",
    f"-----BEGIN EC PRIVATE KEY-----\n{CANARY}\n-----END EC PRIVATE KEY-----",
    f"-----BEGIN PRIVATE KEY-----\n{CANARY}",
    f"0123456789ab:{CANARY}{'A' * (43 - len(CANARY))}=",
    f"written by {CANARY}@example.com yesterday",
    f"<{CANARY}@mail.example.co.uk>",
]


@pytest.mark.parametrize("text", SPOKEN)
def test_a_secret_in_a_text_is_masked(text):
    assert CANARY not in redact_text(text)
    assert "•••" in redact_text(text)


@pytest.mark.parametrize("text", SPOKEN)
def test_every_way_of_logging_a_text_is_masked(written, text):
    log, foreign = structlog.get_logger("hangarlink.test"), logging.getLogger("some.library")
    log.info(text)
    log.info("said", detail=text, details=[text, {"deep": (text,)}], raw=text.encode())
    log.info("said %s", text)
    log.info("said", pairs=[(text, text), [text, 1]], keys={text: text, 1: {(text,): text}})
    foreign.warning(text)
    foreign.warning("said %s", text)
    foreign.warning("said", extra={"detail": text})
    try:
        raise ValueError(text)
    except ValueError as error:
        log.exception("failed")
        log.warning("failed", error=error, exc_info=True)
        foreign.exception("failed")
        foreign.error("failed", exc_info=error, stack_info=True)
    assert CANARY not in written()
    assert written().count("•••") >= 10
    assert "ValueError" in written()


@pytest.mark.parametrize(
    "name",
    ["authorization", "Authorization", "HTTP_AUTHORIZATION", "api_key", "apiKey", "X-Api-Key", "token", "access_token",
     "csrfToken", "client_secret", "webhookSecret", "password", "old_password", "PGPASSWORD", "cookie", "set-cookie",
     "private_key", "sessionid", "credentials", "otp", "email", "HANGARLINK_VAULT_KEYS"],
)  # fmt: skip
def test_a_value_of_such_a_name_is_masked_whatever_it_looks_like(entries, name):
    structlog.get_logger().info("x", **{name: CANARY})
    structlog.get_logger().info("x", data={name: [CANARY], "n": {name: 12345}, "list": [(name, CANARY)]})
    structlog.get_logger().info("x", headers=[(name.encode(), CANARY.encode())])
    logging.getLogger("library").warning("x", extra={name: CANARY})
    assert CANARY not in str(entries())
    assert "12345" not in str(entries())
    assert str(entries()).count("•••") == 6


def test_the_secret_type_and_what_holds_it(written):
    secret = Secret(CANARY)
    log = structlog.get_logger()
    log.info("x", key=secret, inner=[secret, {"a": secret}], holder=Credentials(secret, "kim"))
    logging.getLogger("library").warning("x %s %r", secret, secret)
    log.info("a library printed %s without any name beside it", CANARY)
    log.info("x", url=f"https://x/?a={CANARY}", anything=Credentials("x", CANARY))
    assert CANARY not in written()


def test_exceptions_with_causes_groups_and_notes(written):
    def chained() -> None:
        try:
            raise KeyError(f"token={CANARY}")
        except KeyError as cause:
            later = RuntimeError(f"api_key: {CANARY}")
            later.add_note(f"password={CANARY}")
            raise ExceptionGroup("several", [later]) from cause

    try:
        chained()
    except ExceptionGroup:
        structlog.get_logger().exception("failed")
        logging.getLogger("django.request").exception("failed")
    assert CANARY not in written()
    assert written().count("ExceptionGroup") >= 2


def test_local_variables_are_never_printed(written):
    plain = CANARY
    try:
        raise ValueError("no")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert plain not in written()


def test_the_loggers_of_our_libraries(written):
    logging.getLogger("httpx2").warning("HTTP Request: %s %s", "POST", httpx2.URL(f"https://p.example/s/{CANARY}?q=1"))
    logging.getLogger("httpcore2.connection").warning("connect_tcp url=https://p.example/s/%s", CANARY.lower())
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, headers={"Set-Cookie": CANARY}))
    with httpx2.Client(transport=transport, headers={"Authorization": f"Bearer {CANARY}"}) as client:
        client.post(f"https://p.example/hooks/{CANARY}", json={"password": CANARY})
    app = procrastinate.App(connector=procrastinate.testing.InMemoryConnector())

    @app.task(name="failing")
    def failing(**arguments: str) -> None:
        raise ValueError(f"Authorization: Bearer {arguments['api_key']}")

    def work() -> None:
        with app.open():
            failing.defer(api_key=CANARY)
            app.run_worker(wait=False, install_signal_handlers=False)

    # In a thread of its own: the browser tests leave a running event loop behind in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(work).result()
    request = RequestFactory().get(f"/x?token={CANARY}", HTTP_AUTHORIZATION=f"Bearer {CANARY}")
    log_response("Internal Server Error: %s", request.get_full_path(), request=request, response=Answer())
    logging.getLogger("django.db.backends").debug("SELECT %s", CANARY)
    assert CANARY not in written()
    assert CANARY.lower() not in written()
    assert "https://p.example/…" in written()
    assert "Internal Server Error: /x?token=•••" in written()
    assert "failing" in written()


class Answer:
    status_code = 500
    headers: dict[str, str] = {}


def test_an_entry_that_cannot_be_redacted_is_withheld(written, alone):
    alone()
    structlog.get_logger().info("x", bad=Hostile(), key=CANARY)
    logging.getLogger("library").warning("x", extra={"bad": Hostile(), "other": CANARY})
    assert CANARY not in written()
    assert written().count("withheld") == 2


def test_a_wrongly_written_log_call_does_not_print_its_arguments(written, alone):
    alone()
    logging.getLogger("library").warning("%d items", CANARY)
    logging.getLogger("library").warning("%s %s", CANARY)  # noqa: PLE1206
    assert CANARY not in written()
    assert written().count("withheld") == 2


def test_uncaught_exceptions_and_warnings(written):
    catch_uncaught()

    def fails() -> None:
        raise ValueError(f"Bearer {CANARY}")

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    try:
        fails()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"token={CANARY}", stacklevel=1)
        logging.captureWarnings(False)
    assert CANARY not in written()
    assert "uncaught_exception_in_thread" in written()
    assert written().count("ValueError") >= 2
    assert "py.warnings" in written()


def test_one_entry_stays_one_line(entries, written):
    structlog.get_logger().info("name\n2026-01-01 [error] forged\x1b[2J\u202e", value="a\r\nb\x00")
    (entry,) = entries()
    assert entry["event"] == r"name\n2026-01-01 [error] forged\x1b[2J\u202e"
    assert entry["value"] == r"a\r\nb\x00"


def test_terminal_commands_of_a_partner_are_shown_not_obeyed(written):
    structlog.get_logger().info("x", answer="\x1b]0;title\x07")
    try:
        raise ValueError("\x1b[31m red")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "\x1b]0" not in written()
    assert "\x1b[31m red" not in written()


@pytest.mark.parametrize("position", [0, LONGEST - 20, LONGEST - 5, LONGEST, LONGEST + 990, LONGEST + 995, 60_000])
def test_a_long_text_is_cut_without_leaving_half_a_secret(position):
    keep = Secret(CANARY)
    for secret in (CANARY, f"whsec_{CANARY}", f"{CANARY}@example.com"):
        text = ("x" * 9 + " ") * (position // 10) + secret + " tail" * 20_000
        redacted = redact_text(text)
        assert not any(CANARY[:n] in redacted for n in range(4, len(CANARY)))
        assert len(redacted) < LONGEST + 100
        assert "characters left out" in redacted
    assert keep


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a.",
        "a@",
        "token",
        "://",
        "Bearer ",
        "Basic A",
        "/aB3",
        "-----BEGIN PRIVATE KEY-----",
        "eyJ",
        "'\\",
        "=",
        "x-",
        "a1B_",
    ],
)
def test_hostile_texts_do_not_stall_the_program(piece):
    """Each takes some milliseconds; a quadratic pattern would run into the suite's time limit."""
    text = piece * (LONGEST // len(piece))
    for _ in range(20):
        redact_text(text)
        redact_text(text + "!")


@given(st.text())
def test_any_text_goes_through(text):
    assert isinstance(redact_text(text), str)


ORDINARY = [
    "Synced 12 flights of OY-ABC in 3 pages",
    "The token has expired",
    "invalid_token",
    "a secret was replaced",
    "basic maintenance of the basic module",
    "password must have 12 characters",
    "aircraft 0192d3a4-7b1c-7c3e-9f00-1234567890ab has no counter",
    "/api/v1/aircraft/OY-ABC/hours_cycles",
    "/maintenance/due-items-of-the-whole-fleet-2026/",
    "due 1500.0 FH or 31 Mar 2026, whichever first",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_are_left_alone(text):
    assert redact_text(text) == text


def test_ordinary_values_stay_useful(entries):
    moment, some_id = datetime(2026, 3, 1, tzinfo=UTC), uuid.uuid4()
    structlog.get_logger("x").info(
        "run_ended", counts={"created": 3, "failed": 0}, at=moment, id=some_id, hours=Decimal("1.5"), ok=True, none=None
    )
    (entry,) = entries()
    assert entry["counts"] == {"created": 3, "failed": 0}
    assert (entry["at"], entry["id"], entry["hours"]) == (str(moment), str(some_id), "1.5")
    assert (entry["ok"], entry["none"], entry["level"], entry["logger"]) == (True, None, "info", "x")
    assert entry["timestamp"].endswith("Z")


def test_every_entry_says_for_whom_it_works(entries):
    with working_on(account="demo", connection=7), working_on(run="r1", request_id="abc"):
        structlog.get_logger().info("ours")
        logging.getLogger("library").warning("theirs")
    structlog.get_logger().info("outside")
    ours, theirs, outside = entries()
    for entry in (ours, theirs):
        assert (entry["account"], entry["connection"], entry["run"], entry["request_id"]) == ("demo", "7", "r1", "abc")
    assert "account" not in outside


@pytest.mark.parametrize(
    ("given_id", "kept"), [("edge-12345678", True), ("short", False), ("a\nb" * 8, False), ("x" * 65, False)]
)
def test_each_request_has_an_id(entries, given_id, kept):
    def view(request: HttpRequest) -> dict[str, str]:
        structlog.get_logger().info("seen")
        return {}

    request = RequestFactory().get("/", headers={"X-Request-ID": given_id})
    answer = RequestIdMiddleware(view)(request)
    assert entries()[0]["request_id"] == answer["X-Request-ID"]
    assert (answer["X-Request-ID"] == given_id) is kept


def test_deep_and_circular_values_end(entries):
    deep: dict[str, object] = {}
    deep["self"] = deep
    deep["list"] = [[[[[[[[CANARY]]]]]]]]
    structlog.get_logger().info("x", deep=deep)
    assert len(entries()) == 1


def test_levels(written):
    configure(format="json", level="WARNING")
    structlog.get_logger("a").info("hidden")
    logging.getLogger("b").info("hidden")
    structlog.get_logger("a").warning("shown")
    assert "hidden" not in written()
    assert len(written().splitlines()) == 1


def test_configuring_twice_writes_once(entries):
    configure(format="json", level="DEBUG")
    logging.getLogger("library").warning("once")
    assert len(entries()) == 1


@pytest.mark.parametrize("wrong", [{"format": "xml"}, {"level": "LOUD"}, {"level": "info"}])
def test_a_wrong_setting_is_explained(wrong):
    with pytest.raises(ValueError, match=r"is not a log (format|level)\. Use one of: "):
        configure(**wrong)
