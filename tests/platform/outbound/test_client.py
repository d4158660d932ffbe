"""The guarded client against servers that misbehave, over real loopback sockets."""

import gzip
import json
import re
import socket
import ssl
import threading
import zlib

import httpcore2
import httpx2
import pytest

from hangarlink.platform.outbound import (
    ConnectionFailed,
    OutboundError,
    Redirected,
    TimedOut,
    TooLarge,
    UrlRefused,
    check_url,
    client,
    parse_allow,
    request,
)
from hangarlink.platform.outbound.dialling import Budget
from hangarlink.platform.outbound.resolving import Unresolvable
from hangarlink.platform.outbound.urls import Target
from tests.platform.outbound.servers import LOOPBACK, answers, resolves_to


def test_an_ordinary_call(serve):
    server = serve(answers(b'{"ok": true}', b"Content-Type: application/json", b"X-Rate: 7"))
    with client(allow=LOOPBACK, headers={"Authorization": "Bearer k"}) as outbound:
        response = outbound.post(server.url("/graphql?x=1"), json={"query": "{ account }"})
    assert response.status_code == 200
    assert response.json() == {"ok": True}
    assert response.headers["x-rate"] == "7"
    assert response.elapsed.total_seconds() > 0
    head = server.requests[0].decode().lower()
    assert head.startswith("post /graphql?x=1 http/1.1\r\n")
    assert "authorization: bearer k\r\n" in head
    assert "user-agent: hangarlink\r\n" in head


def test_error_statuses_are_answers_not_exceptions(serve):
    server = serve(answers(b"slow down", b"Retry-After: 7", status=b"429 Too Many Requests"))
    response = request("GET", server.url(), allow=LOOPBACK)
    assert (response.status_code, response.headers["retry-after"], response.text) == (429, "7", "slow down")


def test_a_connection_is_kept_and_used_again(serve):
    server = serve(answers())
    with client(allow=LOOPBACK) as outbound:
        assert [outbound.get(server.url(f"/{n}")).text for n in range(5)] == ["hello"] * 5
    assert server.connections == 1
    assert len(server.requests) == 5


def test_many_threads_share_a_client(serve):
    server = serve(answers())
    texts = []
    with client(allow=LOOPBACK) as outbound:
        threads = [threading.Thread(target=lambda: texts.append(outbound.get(server.url()).text)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert texts == ["hello"] * 20


# Where it goes


def test_nothing_local_is_dialled_without_the_allow_list(serve):
    server = serve(answers())
    for allow in ((), parse_allow("10.0.0.0/8")):
        with pytest.raises(UrlRefused, match="this machine itself"):
            request("GET", server.url(), allow=allow)
        with pytest.raises(UrlRefused):
            request("GET", server.url(host="localhost"), allow=allow)
    assert server.connections == 0


def test_the_allow_list_comes_from_the_settings(serve, settings):
    server = serve(answers())
    settings.HANGARLINK_OUTBOUND_ALLOW = ["127.0.0.0/8"]
    assert request("GET", server.url()).text == "hello"
    check_url(server.url())
    settings.HANGARLINK_OUTBOUND_ALLOW = []
    with pytest.raises(UrlRefused):
        request("GET", server.url())
    with pytest.raises(UrlRefused):
        check_url(server.url())


def test_the_checked_address_is_the_one_dialled_and_the_name_stays(serve):
    server = serve(answers())
    resolver = resolves_to("127.0.0.1")
    with client(allow=LOOPBACK, resolver=resolver) as outbound:
        outbound.get(server.url(host="partner.example"))
    assert f"Host: partner.example:{server.port}".encode() in server.requests[0]
    assert resolver.asked == 1  # asked once: there is no second answer to swap


def test_rebinding_between_check_and_call_is_refused(serve):
    server = serve(answers())
    resolver = resolves_to("93.184.215.14", "127.0.0.1")
    url = server.url(host="rebind.example")
    check_url(url, allow=(), resolver=resolver)  # the form was saved: the first answer was public
    with client(allow=(), resolver=resolver) as outbound, pytest.raises(UrlRefused, match="this machine itself"):
        outbound.get(url)
    assert server.connections == 0


def test_rebinding_between_two_calls_is_refused(serve):
    def once(connection, server):
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    server = serve(once)
    resolver = resolves_to("127.0.0.1", "169.254.169.254")
    with client(allow=LOOPBACK, resolver=resolver) as outbound:
        outbound.get(server.url(host="rebind.example"))
        with pytest.raises(UrlRefused, match="link-local"):
            outbound.get(server.url(host="rebind.example"))


def test_a_mixed_answer_is_refused_whatever_its_order(serve):
    server = serve(answers())
    for mixed in (["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"]):
        with client(allow=LOOPBACK, resolver=resolves_to(mixed)) as outbound, pytest.raises(UrlRefused):
            outbound.get(server.url(host="partner.example"))
    assert server.connections == 0


def test_the_next_address_is_tried_when_the_first_does_not_answer(serve):
    server = serve(answers())  # listens on 127.0.0.1 only
    both = parse_allow("127.0.0.0/8 ::1/128")
    with client(allow=both, resolver=resolves_to(["::1", "127.0.0.1"])) as outbound:
        assert outbound.get(server.url(host="partner.example")).text == "hello"


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"303 See", b"307 Temporary", b"308 Permanent"])
@pytest.mark.parametrize("follow", [False, True])
def test_redirects_are_never_followed(serve, status, follow):
    inside = serve(answers(b"secret of the inside"))
    target = f"http://user:hunter2@127.0.0.1:{inside.port}/hunter2?k=hunter2"
    server = serve(answers(b"", b"Location: " + target.encode(), status=status))
    with client(allow=LOOPBACK) as outbound, pytest.raises(Redirected) as redirected:
        outbound.get(server.url(), follow_redirects=follow)
    assert redirected.value.status_code == int(status[:3])
    assert f"points to http://127.0.0.1:{inside.port}." in str(redirected.value)
    assert "hunter2" not in str(redirected.value)
    assert inside.connections == 0


@pytest.mark.parametrize(
    "location", [b"/else", b"http://[", b"\xff\xfe", b"javascript:alert(1)", b"", b"//" + b"a" * 9000]
)
def test_any_location_header_gives_a_short_message(serve, location):
    server = serve(answers(b"", b"Location: " + location, status=b"302 Found"))
    with pytest.raises(Redirected) as redirected:
        request("GET", server.url(), allow=LOOPBACK)
    assert len(str(redirected.value)) < 500


def test_environment_proxies_are_not_heeded(serve, monkeypatch):
    proxy = serve(answers(b"from the proxy"))
    server = serve(answers(b"from the partner"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy.url())
    assert request("GET", server.url(), allow=LOOPBACK).text == "from the partner"
    assert proxy.connections == 0


def test_cookies_of_a_partner_are_not_kept(serve):
    server = serve(answers(b"", b"Set-Cookie: session=1; Path=/"))
    with client(allow=LOOPBACK) as outbound:
        outbound.get(server.url())
        outbound.get(server.url())
    assert b"cookie" not in server.requests[1].lower()


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "http://a:hunter2@127.0.0.1/", "http://127.1/", "http://127.0.0.1:22/"]
)
def test_the_client_refuses_what_the_check_refuses(url):
    with pytest.raises(UrlRefused) as refused:
        request("GET", url, allow=LOOPBACK)
    assert "hunter2" not in str(refused.value)


# TLS


def server_tls(certificate: str, seen: list) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    return context


def test_tls_checks_the_name_not_the_address(serve, certificate):
    names = []
    server = serve(answers(b"secure"), tls=server_tls(certificate, names))
    trusting = ssl.create_default_context(cafile=certificate)
    with client(allow=LOOPBACK, resolver=resolves_to("127.0.0.1"), ssl_context=trusting) as outbound:
        assert outbound.get(server.url(host="partner.example", scheme="https")).text == "secure"
        with pytest.raises(ConnectionFailed, match="certificate that is not trusted"):
            outbound.get(server.url(host="other.example", scheme="https"))
    assert names == ["partner.example", "other.example"]
    assert len(server.requests) == 1


def test_an_unknown_certificate_is_refused_by_default(serve, certificate):
    server = serve(answers(b"secure"), tls=server_tls(certificate, []))
    untrusting = client(allow=LOOPBACK, resolver=resolves_to("127.0.0.1"))
    with untrusting, pytest.raises(ConnectionFailed, match="certificate that is not trusted") as failed:
        untrusting.get(server.url(host="partner.example", scheme="https"))
    assert not failed.value.may_have_arrived


def test_a_server_that_does_not_speak_tls(serve):
    server = serve(lambda connection, server: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(ConnectionFailed, match="does not speak TLS"):
        request("GET", server.url(scheme="https"), allow=LOOPBACK)


# Time. Each script would go on far longer than the deadline: without it the call would end well, or never.


def test_a_server_that_never_answers(serve):
    server = serve(lambda connection, server: (server.read_head(connection), server.ended.wait(20)))
    with pytest.raises(TimedOut, match="did not answer in time") as timed_out:
        request("POST", server.url(), allow=LOOPBACK, deadline=0.3, json={})
    assert timed_out.value.may_have_arrived


def drip(connection, server, head: bytes, piece: bytes, pieces: int = 400):
    server.read_head(connection)
    connection.sendall(head)
    for _ in range(pieces):
        if server.ended.wait(0.05):
            return
        connection.sendall(piece)


def test_a_slow_body_does_not_get_fresh_time_with_each_byte(serve):
    server = serve(lambda c, s: drip(c, s, b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", b"x"))
    with pytest.raises(TimedOut):
        request("GET", server.url(), allow=LOOPBACK, deadline=0.4)


def test_a_slow_head_does_not_either(serve):
    server = serve(lambda c, s: drip(c, s, b"HTTP/1.1 200 OK\r\n", b"X-Drip: x\r\n"))
    with pytest.raises(TimedOut):
        request("GET", server.url(), allow=LOOPBACK, deadline=0.4)


def test_endless_hints_before_the_answer_do_not_either(serve):
    server = serve(lambda c, s: drip(c, s, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"))
    with pytest.raises(TimedOut):
        request("GET", server.url(), allow=LOOPBACK, deadline=0.4)


def test_a_server_that_reads_slowly_does_not_either(serve):
    def sip(connection, server):
        while not server.ended.wait(0.05):
            connection.recv(64)

    server = serve(sip)
    with pytest.raises(TimedOut):
        request("POST", server.url(), allow=LOOPBACK, deadline=0.5, content=b"x" * 30_000_000)


def test_a_slow_handshake_does_not_either(serve):
    server = serve(lambda connection, server: server.ended.wait(20))
    with pytest.raises(TimedOut, match="could not be reached in time") as timed_out:
        request("GET", server.url(scheme="https"), allow=LOOPBACK, deadline=0.3)
    assert not timed_out.value.may_have_arrived


def test_a_longer_timeout_of_one_call_does_not_lengthen_the_deadline(serve):
    server = serve(lambda c, s: drip(c, s, b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", b"x"))
    with client(allow=LOOPBACK, deadline=0.3) as outbound, pytest.raises(TimedOut):
        outbound.get(server.url(), timeout=None)


def test_a_slow_look_up_counts(serve):
    def slow(host, port, seconds):
        assert seconds <= 0.3
        raise TimeoutError

    with client(allow=LOOPBACK, deadline=0.3, resolver=slow) as outbound, pytest.raises(TimedOut) as timed_out:
        outbound.get("http://partner.example/")
    assert not timed_out.value.may_have_arrived


def test_the_system_resolver_gives_up_in_time(monkeypatch):
    release = threading.Event()

    def hanging(*args, **kwargs):
        release.wait(20)
        return []

    monkeypatch.setattr("socket.getaddrinfo", hanging)
    try:
        with pytest.raises(TimedOut, match="could not be reached in time"):
            request("GET", "http://slow.example/", allow=(), deadline=0.2)
        monkeypatch.setattr("hangarlink.platform.outbound.urls._CHECK_SECONDS", 0.2)
        with pytest.raises(UrlRefused, match="not found by name in time"):
            check_url("http://slow.example/", allow=())
    finally:
        release.set()


def test_each_step_may_take_only_what_is_left(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    budget = Budget(Target("https", "partner.example", 443), seconds=10, bytes_left=0)
    assert (budget.wait(None), budget.wait(30), budget.wait(5)) == (10, 10, 5)
    clock[0] += 9
    assert (budget.wait(None), budget.wait(5)) == (1, 1)
    clock[0] += 1
    with pytest.raises(httpcore2.TimeoutException):
        budget.wait(5)


def test_one_exchange_does_not_spend_the_next_ones_budget(serve):
    server = serve(answers(b"x" * 60_000))
    with client(allow=LOOPBACK, max_bytes=100_000) as outbound:
        for _ in range(20):  # 1.2 MB on one connection, each answer within the cap
            assert len(outbound.get(server.url()).content) == 60_000
    assert server.connections == 1


# Size


def test_a_body_that_says_it_is_too_large_is_not_read(serve):
    def script(connection, server):
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
        server.ended.wait(20)  # never sends the body

    with pytest.raises(TooLarge, match="more than 1,000 bytes"):
        request("GET", serve(script).url(), allow=LOOPBACK, max_bytes=1000)


def test_a_body_that_does_not_say_so_is_cut_off(serve):
    def script(connection, server):
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not server.ended.is_set():
            connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    with pytest.raises(TooLarge):
        request("GET", serve(script).url(), allow=LOOPBACK, max_bytes=100_000)


def test_chunk_overhead_counts_too(serve):
    """One byte of body in a hundred of framing: the body alone would stay below the cap for ever."""

    def script(connection, server):
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not server.ended.is_set():
            connection.sendall((b"1;" + b"e" * 90 + b"\r\nx\r\n") * 100)

    with pytest.raises(TooLarge):
        request("GET", serve(script).url(), allow=LOOPBACK, max_bytes=1_000_000)


def test_an_answer_of_exactly_the_cap_passes(serve):
    server = serve(answers(b"x" * 1000))
    assert len(request("GET", server.url(), allow=LOOPBACK, max_bytes=1000).content) == 1000
    with pytest.raises(TooLarge):
        request("GET", server.url(), allow=LOOPBACK, max_bytes=999)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_packed_answers_are_unpacked(serve, coding):
    data = json.dumps({"flights": list(range(1000))}).encode()
    packed = gzip.compress(data) if coding == "gzip" else zlib.compress(data)
    response = request("GET", serve(answers(packed, b"Content-Encoding: " + coding.encode())).url(), allow=LOOPBACK)
    assert response.json() == {"flights": list(range(1000))}
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_cut_off_before_it_fills_the_memory(serve, coding):
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16 if coding == "gzip" else zlib.MAX_WBITS)
    bomb = b"".join(packer.compress(b"\0" * 2**20) for _ in range(100)) + packer.flush()
    assert len(bomb) < 400_000
    server = serve(answers(bomb, b"Content-Encoding: " + coding.encode()))
    with client(allow=LOOPBACK, max_bytes=1_000_000) as outbound:
        with pytest.raises(TooLarge):
            outbound.get(server.url())
        with pytest.raises(TooLarge), outbound.stream("GET", server.url()):
            pass


@pytest.mark.parametrize(
    "coding", ["gzip, gzip", "gzip,identity", "br", "zstd", "x-gzip", "compress", "gzip, deflate, gzip"]
)
def test_packings_inside_each_other_or_not_asked_for_are_refused(serve, coding):
    server = serve(answers(b"xx", b"Content-Encoding: " + coding.encode()))
    with pytest.raises(ConnectionFailed, match="packed its answer"):
        request("GET", server.url(), allow=LOOPBACK)


def test_two_coding_headers_are_packings_inside_each_other(serve):
    bomb = gzip.compress(gzip.compress(b"x"))
    with pytest.raises(ConnectionFailed, match="packed its answer"):
        request("GET", serve(answers(bomb, b"Content-Encoding: gzip", b"Content-Encoding: gzip")).url(), allow=LOOPBACK)


def test_a_broken_packing(serve):
    with pytest.raises(ConnectionFailed, match="not proper HTTP"):
        request("GET", serve(answers(b"not gzip", b"Content-Encoding: gzip")).url(), allow=LOOPBACK)


def test_huge_headers_are_refused(serve):
    server = serve(answers(b"", b"X-Huge: " + b"x" * 1_000_000))
    with pytest.raises(ConnectionFailed, match="not proper HTTP"):
        request("GET", server.url(), allow=LOOPBACK)


def test_a_flood_of_hints_is_refused(serve):
    def script(connection, server):
        server.read_head(connection)
        while not server.ended.is_set():
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nX: " + b"y" * 1000 + b"\r\n\r\n")

    with pytest.raises(TooLarge):
        request("GET", serve(script).url(), allow=LOOPBACK, max_bytes=1000)


# Broken partners


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"", "closed the connection before its answer was complete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "closed the connection before its answer was complete"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "closed the connection before its answer"),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "not proper HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 30\r\n\r\nabc", "not proper HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not proper HTTP"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "not proper HTTP"),
    ],
)
def test_broken_answers(serve, answer, trouble):
    def script(connection, server):
        server.read_head(connection)
        connection.sendall(answer)

    server = serve(script)
    with pytest.raises(ConnectionFailed, match=trouble) as failed:
        request("GET", server.url("/hunter2", host="127.0.0.1"), allow=LOOPBACK)
    assert failed.value.may_have_arrived
    assert failed.value.origin == f"http://127.0.0.1:{server.port}"


def test_leaving_http_is_refused_even_when_the_caller_asked_for_it(serve):
    def script(connection, server):
        server.read_head(connection)
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
        server.ended.wait(5)

    with pytest.raises(ConnectionFailed, match="wants to leave HTTP"):
        request("GET", serve(script).url(), allow=LOOPBACK, headers={"Connection": "upgrade", "Upgrade": "x"})


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(ConnectionFailed, match="could not be reached") as failed:
        request("GET", f"http://127.0.0.1:{port}/", allow=LOOPBACK, deadline=5)
    assert not failed.value.may_have_arrived


def test_a_name_that_is_gone_may_come_back_so_it_is_no_refusal():
    def unknown(host, port, seconds):
        raise Unresolvable(host)

    outbound = client(allow=(), resolver=unknown)
    with outbound, pytest.raises(ConnectionFailed, match="cannot be found by name") as failed:
        outbound.get("https://partner.example/")
    assert not isinstance(failed.value, UrlRefused)


SECRET = "hunter2"


def chain(error: BaseException | None) -> str:
    """Everything a log or an error page could print about an exception."""
    text = ""
    while error is not None:
        text += f"{error!s} {error!r} {error.args!r} "
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return text


@pytest.mark.parametrize(
    "script",
    [
        answers(b"", b"Location: https://x.example/?k=" + SECRET.encode(), status=b"302 Found"),
        answers(b"x" * 50_000),
        lambda connection, server: connection.close(),
        lambda connection, server: connection.sendall(server.read_head(connection)),  # an echo
        lambda connection, server: connection.sendall(b"HTTP/1.1 200 OK\r\n" + server.read_head(connection)),
        lambda connection, server: server.ended.wait(5),
    ],
)
def test_no_error_repeats_path_query_header_or_body(serve, script):
    server = serve(script)
    with client(allow=LOOPBACK, deadline=0.5, max_bytes=1000) as outbound, pytest.raises(OutboundError) as failed:
        outbound.post(
            server.url(f"/services/{SECRET}?key={SECRET}"),
            headers={"Authorization": f"Bearer {SECRET}"},
            json={"password": SECRET},
        )
    assert SECRET not in chain(failed.value)


@pytest.mark.parametrize("bad", [f"Bearer {SECRET}\r\nX: y", f"Bearer {SECRET}\x00"])
def test_a_key_with_a_line_break_is_not_sent_and_not_repeated(serve, bad):
    server = serve(answers())
    with client(allow=LOOPBACK) as outbound, pytest.raises(OutboundError) as failed:
        outbound.get(server.url(), headers={"Authorization": bad})
    assert SECRET not in chain(failed.value)
    assert not server.requests
    assert not failed.value.may_have_arrived


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (f"http://127.0.0.1:{SECRET}/", {}),
        (f"http://127.0.0.1:8000/{SECRET}\n", {}),
        (f"http://127.0.0.1:8000/{SECRET}" + "x" * 70_000, {}),
        ("http://127.0.0.1:8000/", {"headers": {"Authorization": f"Bearer {SECRET}\u200b"}}),
        ("http://127.0.0.1:8000/", {"headers": {"Authorization": f"Bearer {SECRET}ä"}}),
        ("http://127.0.0.1:8000/", {"params": {"key": f"{SECRET}\ud800"}}),
        ("http://127.0.0.1:8000/", {"json": {"key": f"{SECRET}\ud800"}}),
        ("http://127.0.0.1:8000/", {"auth": lambda r: r.headers.update({"Authorization": f"{SECRET}\u200b"}) or r}),
    ],
)
def test_what_cannot_be_sent_is_refused_without_being_repeated(url, sent):
    with client(allow=LOOPBACK) as outbound, pytest.raises(OutboundError) as failed:
        outbound.post(url, **sent)
    assert SECRET not in chain(failed.value)
    assert not failed.value.may_have_arrived


def test_a_sni_name_or_trace_of_the_caller_is_not_passed_down(serve):
    server = serve(answers())
    seen = []
    with client(allow=LOOPBACK) as outbound:
        outbound.get(server.url(), extensions={"trace": lambda *event: seen.append(event), "sni_hostname": "x"})
    assert seen == []


def test_the_answer_gives_no_way_to_the_raw_connection(serve):
    response = request("GET", serve(answers()).url(), allow=LOOPBACK)
    assert set(response.extensions) == {"http_version", "reason_phrase"}
    assert re.fullmatch(r"HTTP/1.1", response.http_version)
    assert isinstance(response, httpx2.Response)
