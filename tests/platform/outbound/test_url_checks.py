"""Which URLs may be called, before anything is dialled."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.platform.errors import Refused
from hangarlink.platform.outbound import OutboundError, UrlRefused, check_url, parse_allow
from hangarlink.platform.outbound.addresses import why_refused
from hangarlink.platform.outbound.resolving import Unresolvable

PUBLIC = ["93.184.215.14", "8.8.8.8", "1.1.1.1", "100.63.255.255", "172.15.0.1", "172.32.0.1", "2606:4700::6810:84e5"]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",  # Alibaba's metadata service
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",  # Azure's wire server
    "169.254.169.254",  # most clouds' metadata service
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",  # public inside, but nobody needs this spelling
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",  # Teredo
    "2001:0:53aa:64c:0:0:f5ff:fffe",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 around 127.0.0.1
    "2002:808:808::",
    "2606:4700::5efe:7f00:1",  # ISATAP around 127.0.0.1
    "2606:4700::200:5efe:a00:1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "4000::1",
]


def no_look_up(host, port, seconds):
    raise AssertionError(f"{host} should have been refused without a look-up")


def finds(*addresses):
    return lambda host, port, seconds: [ip_address(a) for a in addresses]


def refusal(url: str, **kwargs) -> UrlRefused:
    kwargs.setdefault("resolver", no_look_up)
    kwargs.setdefault("allow", ())
    with pytest.raises(UrlRefused) as refused:
        check_url(url, field="endpoint", **kwargs)
    return refused.value


def host_of(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass_as_literal_and_as_answer(address):
    check_url(f"https://{host_of(address)}/x", allow=())
    check_url("https://partner.example/x", allow=(), resolver=finds(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_everything_else_is_refused_as_literal_and_as_answer(address):
    refusal(f"http://{host_of(address)}:8080/x", resolve=False)
    refusal("https://partner.example/x", resolver=finds(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_one_bad_answer_among_good_ones_spoils_the_name(address):
    refusal("https://partner.example", resolver=finds("93.184.215.14", address))
    refusal("https://partner.example", resolver=finds(address, "93.184.215.14"))


def test_nat64_follows_the_address_inside():
    """On a network with IPv6 only, every IPv4 partner is reached through this prefix."""
    check_url("https://partner.example", allow=(), resolver=finds("64:ff9b::8.8.8.8"))
    assert "behind a NAT64 prefix" in refusal("https://partner.example", resolver=finds("64:ff9b::10.0.0.1")).reason


def test_a_scoped_address_is_refused():
    refusal("http://[fe80::1%25eth0]/")
    assert why_refused(ip_address("2606:4700::1%eth0"))


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",  # 127.0.0.1 as one number
        "017700000001",
        "0x7f000001",
        "0x7F.0.0.1",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "127.0.0.01",
        "0x7f.0x0.0x0.0x1",
        "127.0.0.1.",
        "127.0.0.0x1",
        "256.256.256.256",
        "1.2.3.4.5",
        "8.8.8.010",  # also where the octal reading would be public
        "134744072",  # 8.8.8.8
        "１２７.０.０.１",  # full-width digits
        "①②⑦.0.0.1",
        "%31%32%37.0.0.1",
        "127.0.0.1%00.example.com",
        "0x",
        "1",
    ],
)
def test_unusual_spellings_of_ip_addresses_are_refused_even_when_allowed(host):
    for allow in ((), parse_allow("127.0.0.0/8 8.0.0.0/8")):
        refusal(f"http://{host}/", allow=allow)


def test_other_full_stops_are_read_as_the_client_reads_them():
    assert "this machine itself" in refusal("http://127。0。0。1/").reason


@pytest.mark.parametrize(
    "url",
    [
        "ftp://partner.example/",
        "file:///etc/passwd",
        "gopher://partner.example/",
        "javascript:alert(1)",
        "//partner.example/",
        "/path",
        "partner.example",
        "",
        "https://",
        "https:///path",
        "https://?x",
        "http:partner.example",
        " https://partner.example",
        "https://partner.example\n",
        "https://partner.example/\r\nX: y",
        "https://partner.example\x00/",
        "https://evil.example\\@partner.example/",
        "https://partner.example\\.evil.example/",
        "https://[::1",
        "https://[1.2.3.4]/",
        "https://[v1.x]/",
        "https://partner .example/",
        "https://-partner.example/",
        "https://partner-.example/",
        "https://partner..example/",
        "https://.example.com/",
        "https://partner.example./",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://partner.example/" + "x" * 2048,
        "https://partner.example:port/",
        "https://partner.example:" + "9" * 5000,
        "https://xn--/",
        "https://*.example.com/",
        "https://partner.example,evil.example/",
        "https://partner.example/#part",
        "https://partner.example/#",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    refused = refusal(url)
    assert str(refused).startswith("endpoint: ")
    assert refused.remedy


@pytest.mark.parametrize("port", [0, 1, 22, 25, 81, 445, 1023, 2049, 5060, 6000, 6667, 10080, 65536, 99999, -1])
def test_ports_of_other_services_are_refused(port):
    assert "port" in str(refusal(f"https://partner.example:{port}/"))


@pytest.mark.parametrize("port", [80, 443, 1024, 8000, 8080, 8443, 9443, 65535])
def test_ports_of_web_services_pass(port):
    for scheme in ("http", "https"):
        check_url(f"{scheme}://partner.example:{port}/", allow=(), resolver=finds("8.8.8.8"))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "demo.localhost",
        "printer.local",
        "db.internal",
        "nas.lan",
        "x.home.arpa",
        "intranet",
        "db",
    ],
)
def test_names_of_local_networks_are_refused_without_a_look_up(host):
    refusal(f"http://{host}/", resolve=False)


def test_credentials_in_the_url_are_refused_and_never_repeated():
    for url in (
        "https://admin:hunter2@partner.example/",
        "https://hunter2@partner.example/",
        "https://a:hunter2@10.0.0.1/",
        "https://:hunter2@partner.example:22/",
        "https://partner.example:hunter2/",
        "https://hunter2:x@127.0.0.256/",
        "https://partner.example/hunter2#x",
        "https://partner.example/?key=hunter2#x",
        "https://10.0.0.1/hunter2?key=hunter2",
        "ftp://hunter2:hunter2@partner.example/hunter2",
        "https://[hunter2]/",
    ):
        refused = refusal(url)
        assert "hunter2" not in str(refused)
        assert "hunter2" not in repr(refused)
        assert "hunter2" not in "".join(map(str, refused.args))
        assert refused.__suppress_context__ or refused.__context__ is None


def test_the_message_names_field_value_reason_and_remedy_but_not_the_address_behind_a_name():
    assert str(refusal("https://erp.example:8443/hook", resolver=finds("10.1.2.3"))) == (
        "endpoint: https://erp.example:8443 points to a private network. Use an address that is reachable from the "
        "public internet, or ask the operator of this server to add its range to HANGARLINK_OUTBOUND_ALLOW."
    )
    refused = refusal("http://127.0.0.1:9000/hook")
    assert str(refused).startswith("endpoint: http://127.0.0.1:9000 is this machine itself. ")
    assert (refused.field, refused.origin) == ("endpoint", "http://127.0.0.1:9000")
    assert isinstance(refused, Refused)
    assert isinstance(refused, OutboundError)
    assert not refused.may_have_arrived


def test_a_name_that_does_not_exist_or_answers_too_late():
    def unknown(host, port, seconds):
        raise Unresolvable(host)

    def slow(host, port, seconds):
        raise TimeoutError

    assert "cannot be found by name" in refusal("https://partner.example", resolver=unknown).reason
    assert "cannot be found by name" in refusal("https://partner.example", resolver=finds()).reason
    assert "not found by name in time" in refusal("https://partner.example", resolver=slow).reason


def test_without_resolving_a_public_name_passes():
    check_url("https://partner.example/hook?x=1", allow=(), resolve=False, resolver=no_look_up)


def test_the_allow_list_opens_exactly_its_ranges():
    allow = parse_allow("127.0.0.0/8, 10.20.0.0/16 fd00:1234::/48")
    check_url("http://127.0.0.1:8123/", allow=allow)
    check_url("http://localhost:8123/", allow=allow)  # is 127.0.0.1 without asking anybody
    check_url("http://demo.localhost:8123/", allow=allow)
    check_url("http://erp/", allow=allow, resolver=finds("10.20.30.40"))
    check_url("http://erp.internal/", allow=allow, resolver=finds("fd00:1234::7"))
    for address in ("10.21.0.1", "::1", "fd00:1235::1", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::10.20.0.1"):
        refusal(f"http://{host_of(address)}/", allow=allow)
        refusal("http://erp/", allow=allow, resolver=finds(address))
    refusal("http://127.0.0.1:22/", allow=allow)  # ports, credentials and schemes are not opened with it
    refusal("http://a:b@127.0.0.1/", allow=allow)
    refusal("ftp://127.0.0.1/", allow=allow)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "localhost", "10.0.0.0/8;10.1.0.0/16", "*"])
def test_a_wrong_entry_in_the_allow_list_is_named(text):
    with pytest.raises(ValueError, match="HANGARLINK_OUTBOUND_ALLOW") as error:
        parse_allow(text)
    assert repr(text) in str(error.value)


def test_an_empty_allow_list_is_empty():
    assert parse_allow("") == parse_allow(" , ") == parse_allow([]) == ()


@given(st.ip_addresses())
def test_no_address_passes_that_python_itself_calls_local(address):
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert why_refused(address)
    if address.is_unspecified or (address.is_reserved and not str(address).startswith("64:ff9b:")):
        assert why_refused(address)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "https://x.example/", "https://x.example:"]))
def test_any_text_passes_or_is_refused_politely(text, prefix):
    try:
        check_url(prefix + text, allow=(), resolve=False, resolver=no_look_up)
    except UrlRefused as refused:
        assert refused.remedy  # noqa: PT017
