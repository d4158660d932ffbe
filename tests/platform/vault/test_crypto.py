"""Sealed secrets open in their own place, with their own key, and nowhere else."""

import base64
import dataclasses
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.platform.vault import Secret
from hangarlink.platform.vault.crypto import (
    BadKey,
    BadToken,
    Key,
    KeyRing,
    Place,
    UnknownKey,
    VaultError,
    key_id_of,
    new_key,
    parse_ring,
)

PLACE = Place(UUID(int=1), "connection", "api_key", UUID(int=2))
KEY, OTHER = new_key(), new_key()
RING = KeyRing((KEY,))
CANARY = "canary-5f1c9e"


@given(st.text(max_size=5000))
def test_what_is_sealed_opens(text):
    token = RING.seal(Secret(text), PLACE)
    assert RING.open(token, PLACE) == Secret(text)
    assert key_id_of(token) == KEY.id


def test_a_token_shows_nothing_and_is_never_the_same_twice():
    tokens = {RING.seal(Secret(CANARY), PLACE) for _ in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        assert CANARY not in token
        assert CANARY.encode() not in base64.urlsafe_b64decode(token.split(".")[2])


@pytest.mark.parametrize(
    "elsewhere",
    [{"account": UUID(int=9)}, {"table": "webhook"}, {"field": "api_keys"}, {"owner": UUID(int=9)}],
)
def test_a_token_moved_elsewhere_does_not_open(elsewhere):
    token = RING.seal(Secret(CANARY), PLACE)
    with pytest.raises(BadToken):
        RING.open(token, dataclasses.replace(PLACE, **elsewhere))


def test_neighbouring_names_cannot_be_confused():
    one = Place(UUID(int=1), "ab", "c", UUID(int=2))
    two = Place(UUID(int=1), "a", "bc", UUID(int=2))
    three = Place(UUID(int=1), 'ab", "c', "", UUID(int=2))
    assert len({place.authenticated() for place in (one, two, three)}) == 3


def test_every_changed_bit_is_noticed():
    token = RING.seal(Secret("x"), PLACE)
    head, payload = token.rsplit(".", 1)
    raw = base64.urlsafe_b64decode(payload)
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadToken):
            RING.open(f"{head}.{base64.urlsafe_b64encode(bytes(changed)).decode()}", PLACE)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "plain text",
        "hlv1",
        "hlv1..",
        "hlv2.000000000000.AAAA",
        "hlv1.000000000000.AAAA",
        "hlv1.zz.AAAA",
        "hlv1.x.y.z",
        "hlv1.000000000000.====",
        "hlv1.000000000000.\x00",
        "hlv1.000000000000.AAAA\n",
    ],
)
def test_what_is_no_token_is_refused(token):
    with pytest.raises(BadToken):
        RING.open(token, PLACE)


@given(st.text(max_size=200))
def test_any_text_as_token_is_refused(text):
    with pytest.raises(VaultError):
        RING.open(text, PLACE)


def test_a_token_with_the_id_of_another_key_does_not_open():
    token = RING.seal(Secret(CANARY), PLACE)
    with pytest.raises(BadToken):
        KeyRing((KEY, OTHER)).open(token.replace(KEY.id, OTHER.id), PLACE)


def test_a_missing_key_is_named_and_the_way_out_too():
    with pytest.raises(UnknownKey, match=rf"key {KEY.id}.*Restore vault.keys") as error:
        KeyRing((OTHER,)).open(RING.seal(Secret(CANARY), PLACE), PLACE)
    assert error.value.key_id == KEY.id


def test_rotation():
    token = RING.seal(Secret(CANARY), PLACE)
    both = KeyRing((OTHER, KEY))
    rotated = both.rotate(token, PLACE)
    assert key_id_of(rotated) == OTHER.id
    assert both.open(token, PLACE) == both.open(rotated, PLACE) == Secret(CANARY)
    assert KeyRing((OTHER,)).open(rotated, PLACE) == Secret(CANARY)
    assert both.rotate(rotated, PLACE) == rotated  # nothing to do the second time


def test_lines_make_a_ring_and_its_lines_again():
    ring = parse_ring(["# comment", "", f"  {OTHER.line()} ", KEY.line()], "vault.keys")
    assert ring == KeyRing((OTHER, KEY))
    assert ring.active == OTHER


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "has no key"),
        (["# only a comment"], "has no key"),
        (["nonsense"], "key 1: not a vault key"),
        ([KEY.line(), "0:AAAA"], "key 2: not a vault key"),
        ([KEY.line()[:-5]], "key 1: not a vault key"),
        ([KEY.line().replace(KEY.id, OTHER.id)], "key 1: the id and the key do not belong together"),
        ([KEY.line(), KEY.line()], "listed twice"),
    ],
)
def test_a_damaged_key_file_is_refused_before_it_does_harm(lines, said):
    with pytest.raises(BadKey, match=said) as error:
        parse_ring(lines, "vault.keys")
    material = base64.urlsafe_b64encode(KEY.material).decode()
    assert material[:20] not in str(error.value)


def test_keys_do_not_print_themselves():
    material = base64.urlsafe_b64encode(KEY.material).decode()
    for shown in (repr(KEY), repr(RING), str(RING), str(dataclasses.replace(RING))):
        assert repr(KEY.material) not in shown
        assert material not in shown


@pytest.mark.parametrize("material", [b"", b"x" * 16, b"x" * 33])
def test_a_key_has_256_bits(material):
    with pytest.raises(BadKey):
        Key(material)
