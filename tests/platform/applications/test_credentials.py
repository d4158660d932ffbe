"""What is kept of secrets and tokens."""

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import override_settings

from hangarlink.platform.applications import credentials


def test_a_secret_matches_only_itself() -> None:
    secret = credentials.new_secret()
    kept = credentials.hashed(secret)
    assert credentials.matches(secret, kept, "")
    assert not credentials.matches(credentials.new_secret(), kept, "")
    assert secret not in kept


def test_the_same_secret_is_never_kept_twice_alike() -> None:
    assert credentials.hashed("hls_same") != credentials.hashed("hls_same")


def test_nothing_matches_where_nothing_is_kept() -> None:
    assert not credentials.matches("", "", "")
    assert not credentials.matches(credentials.new_secret(), "")


def test_a_stolen_table_is_useless_without_the_key() -> None:
    kept = credentials.hashed("hls_secret")
    with override_settings(SECRET_KEY="another installation"):
        assert not credentials.matches("hls_secret", kept)
    with override_settings(SECRET_KEY="rotated", SECRET_KEY_FALLBACKS=["only-for-tests"]):
        assert credentials.matches("hls_secret", kept)


def test_the_hash_is_one_the_toolkit_knows() -> None:
    """Otherwise it would take the hash for a new secret and hash it again."""
    assert identify_hasher(credentials.hashed("hls_secret")).algorithm == "hmac_sha256"


@pytest.mark.parametrize("token", ["", "hlt_x", "\ud800", "ü" * 5000])
def test_any_text_has_a_token_digest(token: str) -> None:
    assert len(credentials.token_digest(token)) == 64


def test_secrets_and_tokens_have_256_random_bits_and_a_recognisable_beginning() -> None:
    assert len(credentials.new_secret().removeprefix("hls_")) == 43
    assert len(credentials.new_token(object()).removeprefix("hlt_")) == 43
