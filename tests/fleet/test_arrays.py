"""Array literals come back from PostgreSQL as they were given, whatever is in them."""

from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hangarlink.fleet.ledger.arrays import hexed, texts

storable = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))


class TestArrays(TestCase):
    @given(st.lists(storable))
    def test_texts(self, values: list[str]) -> None:
        assert _read(texts(values), "text[]") == values

    @given(st.lists(st.none() | st.binary(max_size=32)))
    def test_bytes(self, values: list[bytes | None]) -> None:
        assert [None if one is None else bytes(one) for one in _read(hexed(values), "bytea[]")] == values


def _read(literal: str, kind: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}", [literal])
        return list(cursor.fetchone()[0])
