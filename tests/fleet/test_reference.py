"""ATA chapters and JASC codes."""

from hangarlink.fleet.reference import chapters, jasc_codes, title_of


def test_the_tables_are_whole() -> None:
    assert len(chapters()) == 72
    assert len(jasc_codes()) == 547
    assert len({one.code for one in jasc_codes()}) == 547


def test_the_most_specific_title_is_found() -> None:
    assert title_of("32") == title_of("32-99-01") == "Landing gear"
    assert title_of("32-30") == title_of("32-30-00") != "Landing gear"
    assert title_of("9x") == title_of("") == ""
