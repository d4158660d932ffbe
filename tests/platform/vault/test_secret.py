"""A secret shows itself to nobody who does not ask for it by name."""

import copy
import dataclasses
import json
import logging
import pickle
import traceback

import orjson
import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context, Engine
from pydantic import BaseModel, ValidationError

from hangarlink.platform.vault import Secret
from hangarlink.platform.vault.secret import mask_living

CANARY = "canary-5f1c9e"


def test_reveal_gives_the_text():
    assert Secret(CANARY).reveal() == CANARY


def test_no_way_of_printing_shows_it():
    secret = Secret(CANARY)
    holder = dataclasses.make_dataclass("Holder", ["key"])(secret)
    shown = [
        str(secret),
        repr(secret),
        "%s %r" % (secret, secret),  # noqa: UP031
        str([secret]),
        str({"key": secret}),
        repr(holder),
        str(ValueError(secret)),
        logging.LogRecord("x", 20, "", 0, "key %s", (secret,), None).getMessage(),
        Engine().from_string("{{ key }} {{ key|safe }} {{ key|upper }}").render(Context({"key": secret})),
        json.dumps({"key": secret}, default=str, ensure_ascii=False),
    ]
    assert CANARY not in " ".join(shown)
    assert all("•••" in text for text in shown)


def test_a_traceback_with_local_variables_does_not_show_it():
    def fails(key: Secret) -> None:
        raise RuntimeError("no")

    try:
        fails(Secret(CANARY))
    except RuntimeError as error:
        text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert CANARY not in text
    assert "key = •••" in text


@pytest.mark.parametrize(
    "leak",
    [
        lambda s: f"Bearer {s}",
        "{}".format,
        lambda s: format(s, ">40"),
        lambda s: "Bearer " + s,
        lambda s: "".join([s]),
        pickle.dumps,
        lambda s: pickle.dumps({"k": s}, protocol=0),
        json.dumps,
        lambda s: json.dumps({"k": s}, cls=DjangoJSONEncoder),
        orjson.dumps,
        lambda s: s.__getstate__(),
        vars,
        iter,
        len,
        hash,
        lambda s: {s: 1},
        lambda s: s.encode(),
        lambda s: setattr(s, "_value", "x"),
        lambda s: setattr(s, "other", "x"),
    ],
)
def test_what_would_leak_or_lose_it_is_an_error(leak):
    with pytest.raises((TypeError, AttributeError)) as error:
        leak(Secret(CANARY))
    assert CANARY not in str(error.value)


def test_a_pydantic_answer_cannot_hold_one():
    class Answer(BaseModel):
        key: str

    with pytest.raises(ValidationError) as error:
        Answer(key=Secret(CANARY))
    assert CANARY not in str(error.value)


def test_copies_are_the_same_secret():
    secret = Secret(CANARY)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_comparison():
    assert Secret("a") == Secret("a")
    assert Secret("ä") != Secret("a")
    assert Secret("a") != "a"
    assert not Secret("")
    assert Secret("x")


@pytest.mark.parametrize("value", [None, 1, b"bytes", Secret("x")])
def test_only_text_becomes_a_secret(value):
    with pytest.raises(TypeError):
        Secret(value)


def test_living_secrets_are_masked_in_any_text_and_dead_ones_are_forgotten():
    secret = Secret("s3cr3t/with+odd=chars")
    assert mask_living("url?k=s3cr3t%2Fwith%2Bodd%3Dchars&x") == "url?k=•••&x"
    assert mask_living("said s3cr3t/with+odd=chars twice s3cr3t/with+odd=chars") == "said ••• twice •••"
    del secret
    assert mask_living("said s3cr3t/with+odd=chars") == "said s3cr3t/with+odd=chars"


def test_short_ones_are_not_searched_for():
    keep = Secret("a")
    assert mask_living("a cat") == "a cat"
    assert keep
