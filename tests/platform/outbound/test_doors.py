"""One port of one machine: what a demo opens to the commands beside it, and not a bit more."""

import pytest

from hangarlink.platform.outbound import UrlRefused, check_url, parse_allow
from hangarlink.platform.outbound.sockets import dial, read_host
from tests.platform.outbound.test_url_checks import finds

ALLOW = parse_allow("127.0.0.1:8090, [fd00::1]:8443")


def test_exactly_that_port_of_that_machine_opens() -> None:
    check_url("http://127.0.0.1:8090/graphql", allow=ALLOW)
    check_url("http://localhost:8090/graphql", allow=ALLOW)
    check_url("https://[fd00::1]:8443/", allow=ALLOW)
    check_url("http://erp:8443/", allow=ALLOW, resolver=finds("fd00::1"))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8091/",
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "http://127.0.0.2:8090/",
        "http://[::1]:8090/",
        "http://[::ffff:127.0.0.1]:8090/",
        "https://[fd00::1]:8444/",
        "https://[fd00::2]:8443/",
        "http://10.0.0.1:8090/",
        "http://localhost:5432/",
        "http://2130706433:8090/",
    ],
)
def test_nothing_beside_it_does(url: str) -> None:
    with pytest.raises(UrlRefused):
        check_url(url, allow=ALLOW)


def test_a_name_with_one_good_and_one_bad_answer_is_refused() -> None:
    with pytest.raises(UrlRefused):
        check_url("http://erp:8090/", allow=ALLOW, resolver=finds("127.0.0.1", "127.0.0.2"))


def test_mail_and_sftp_are_held_to_the_port_that_they_dial() -> None:
    ports = frozenset({25, 465, 587})
    assert read_host("127.0.0.1", 8090, scheme="smtp", ports=ports, allow=ALLOW).port == 8090
    with pytest.raises(UrlRefused):
        read_host("127.0.0.1", 25, scheme="smtp", ports=ports, allow=ALLOW)
    target = read_host("localhost", 8091, scheme="smtp", ports=ports, allow=ALLOW)
    with pytest.raises(UrlRefused):
        dial(target, seconds=1, allow=ALLOW)
    # The address that stands for a host of another protocol is https://host/, whose port must not open it either.
    with pytest.raises(UrlRefused):
        read_host("127.0.0.1", 587, scheme="smtp", ports=ports, allow=parse_allow("127.0.0.1:443"))


WRONG = [
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "localhost:80",
    "10.0.0.0/8:80",
    "127.0.0.1:8090-8099",
    "127.0.0.1:",
    "[::1]",
    "127.0.0.1:٨٠",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_entry_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="HANGARLINK_OUTBOUND_ALLOW"):
        parse_allow(text)
