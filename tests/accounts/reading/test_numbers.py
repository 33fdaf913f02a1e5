import datetime
from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.reading.cells import Cell, read_cell, read_split, read_text
from accounts.reading.dates import read_date
from accounts.reading.numbers import Ambiguous, Unreadable, read_number
from epe_ap.templatetags.figures import number, percent

THIN = "\N{NARROW NO-BREAK SPACE}"
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("1 234", "1234"),
        (f"1{NBSP}234", "1234"),
        (f"1{THIN}234", "1234"),
        ("1\N{THIN SPACE}234", "1234"),
        ("1\t234", "1234"),
        ("1'234", "1234"),
        ("1’234", "1234"),
        ("1.234,00", "1234"),
        ("1,234.00", "1234"),
        ("1 234,000", "1234"),
        ("12,00", "12"),
        ("12.0", "12"),
        ("1.234.567", "1234567"),
        ("28 755 933", "28755933"),
        (" \N{ZERO WIDTH SPACE}12 ", "12"),
        ("0", "0"),
        ("-0", "0"),
        ("−5", "-5"),
        ("+5", "5"),
        ("54 %", "54"),
        (12.0, "12"),
        (12, "12"),
        (Decimal("12.000"), "12"),
    ],
)
def test_whole_numbers_are_read_however_they_are_grouped(written, expected):
    assert read_number(written, is_whole=True) == Decimal(expected)
    assert str(read_number(written, is_whole=True)) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0,123", "0.123"),
        ("0.123", "0.123"),
        ("-0,500", "-0.5"),
        (".5", "0.5"),
        ("1,5", "1.5"),
        ("1.2345", "1.2345"),
        ("1234,567", "1234.567"),
        ("12 345,6", "12345.6"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1'234.567", "1234.567"),
        ("1.234.567", "1234567"),
        ("1 234", "1234"),
        ("54,5 %", "54.5"),
        ("54.50%", "54.5"),
        (0.1 + 0.2, "0.3"),
        (12345678901.1234, "12345678901.1234"),
    ],
)
def test_numbers_with_decimals_are_read_when_they_have_one_meaning(written, expected):
    assert str(read_number(written, is_whole=False)) == expected


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("1.234", ("1.234", "1234")),
        ("1,234", ("1.234", "1234")),
        ("-12,345 %", ("-12.345", "-12345")),
        ("1,000", ("1", "1000")),
    ],
)
def test_one_mark_and_three_digits_is_asked_about_where_decimals_are_possible(written, readings):
    with pytest.raises(Ambiguous) as caught:
        read_number(written, is_whole=False)

    assert caught.value.readings == tuple(map(Decimal, readings))


def test_the_question_names_both_readings_and_how_to_write_each():
    with translation.override("en"), pytest.raises(Ambiguous) as caught:
        read_number("1,234", is_whole=False)

    assert caught.value.sentence == "“1,234” can be 1,234 or 1234. Write 1,2340 or 1234."


@pytest.mark.parametrize(
    ("written", "is_whole", "words"),
    [
        ("1,23", True, "has decimals"),
        ("1.2345", True, "has decimals"),
        ("0,123", True, "has decimals"),
        (12.5, True, "has decimals"),
        ("12,34,567", True, "not grouped by three"),
        ("1 23", True, "not grouped by three"),
        ("0 123 456", False, "not grouped by three"),
        ("1.234 567", False, "not grouped by three"),
        ("1.234,567,8", False, "not grouped by three"),
        ("1 234'567", False, "not grouped by three"),
        ("1,23456", False, "too many decimals"),
        (1 / 3, False, "too many decimals"),
        ("123456789012", True, "too long"),
        ("1.234.567.890.123.456", True, "too long"),
        (10**400, True, "not a number"),
        ("1e3", True, "an exponent"),
        ("1,5E-3", False, "an exponent"),
        ("inf", True, "not a number"),
        (float("inf"), True, "not a number"),
        ("nan", False, "not a number"),
        (Decimal("NaN"), False, "not a number"),
        (Decimal("1E+999999"), False, "not a number"),
        ("=1+1", True, "is a formula"),
        ("#REF!", True, "an error of the spreadsheet"),
        ("١٢", True, "other digits"),
        ("１２", True, "other digits"),
        ("½", False, "other digits"),
        ("12.", False, "not a number"),
        ("(12)", True, "not a number"),
        ("12 $", True, "not a number"),
        ("1-2", True, "not a number"),
        ("12 34\n", True, "not grouped by three"),
        ("", True, "Nothing is written"),
        (True, True, "not a number"),
        (None, True, "not a number"),
    ],
)
def test_what_is_no_one_number_is_refused_by_name(written, is_whole, words):
    with translation.override("en"), pytest.raises(Unreadable) as caught:
        read_number(written, is_whole=is_whole)

    assert type(caught.value) is Unreadable
    assert words in caught.value.sentence


decimals = st.decimals(min_value=-(10**10), max_value=10**10, places=4, allow_nan=False, allow_infinity=False)


def readings(written: str) -> tuple[Decimal, ...]:
    try:
        return (read_number(written, is_whole=False),)
    except Ambiguous as question:
        return question.readings


@given(value=decimals | st.integers(-(10**10), 10**10).map(Decimal), language=st.sampled_from(["fr", "es", "en"]))
def test_a_number_written_in_any_of_the_languages_is_read_back(value, language):
    with translation.override(language):
        for written in (number(value), percent(value, 4)):
            assert value in readings(written)
            if value % 1 == 0:
                assert read_number(written, is_whole=True) == value


@given(
    written=st.text(alphabet=st.characters() | st.sampled_from("0123456789.,' %/=FHMfhm:;<>−"))
    | st.none() | st.booleans() | st.floats() | st.integers() | st.decimals() | st.dates() | st.binary(),
    is_whole=st.booleans(),
    is_percentage=st.booleans(),
)  # fmt: skip
def test_nothing_that_is_written_raises_anything_but_a_sentence(written, is_whole, is_percentage):
    for read in (
        lambda: read_number(written, is_whole=is_whole),
        lambda: read_cell(written, is_whole=is_whole, is_percentage=is_percentage),
        lambda: read_split(written),
        lambda: read_text(written),
        lambda: read_date(written),
    ):
        with suppress(Unreadable):
            read()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (None, Cell(is_empty=True)),
        ("  ", Cell(is_empty=True)),
        (0, Cell(value=Decimal(0))),
        ("0", Cell(value=Decimal(0))),
        (12.0, Cell(value=Decimal(12))),
        ("N/A", Cell(is_not_applicable=True)),
        ("s/o", Cell(is_not_applicable=True)),
        ("Sans objet", Cell(is_not_applicable=True)),
        ("no aplica ", Cell(is_not_applicable=True)),
        ("n.d.", Cell(is_not_yet=True)),
        ("Pas encore", Cell(is_not_yet=True)),
        ("aún no", Cell(is_not_yet=True)),
        ("not yet", Cell(is_not_yet=True)),
        ("> 35", Cell(value=Decimal(35), qualifier="more_than")),
        ("plus de 28 500 000", Cell(value=Decimal(28_500_000), qualifier="more_than")),
        ("más de 35", Cell(value=Decimal(35), qualifier="more_than")),
        ("≥35", Cell(value=Decimal(35), qualifier="at_least")),
        (">= 35", Cell(value=Decimal(35), qualifier="at_least")),
        ("Au moins 35", Cell(value=Decimal(35), qualifier="at_least")),
        ("environ 12", Cell(value=Decimal(12), qualifier="about")),
        ("≈ 1.200", Cell(value=Decimal(1200), qualifier="about")),
    ],
)
def test_a_cell_for_a_count_says_one_thing(written, expected):
    assert read_cell(written, is_whole=True) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("54 %", Cell(value=Decimal(54))),
        (54.5, Cell(value=Decimal("54.5"))),
        ("110/200", Cell(numerator=Decimal(110), denominator=Decimal(200))),
        ("1 100 / 2.000", Cell(numerator=Decimal(1100), denominator=Decimal(2000))),
        ("110 / 200 = 55 %", Cell(Decimal(55), Decimal(110), Decimal(200))),
        ("2/3 = 66,7%", Cell(Decimal("66.7"), Decimal(2), Decimal(3))),
        ("plus de 54 %", Cell(value=Decimal(54), qualifier="more_than")),
        ("n/a", Cell(is_not_applicable=True)),
    ],
)
def test_a_cell_for_a_percentage_keeps_its_base(written, expected):
    assert read_cell(written, is_whole=False, is_percentage=True) == expected


@pytest.mark.parametrize(
    ("written", "is_percentage", "words"),
    [
        ("54 %", False, "is a percentage, and this figure is none"),
        ("110/200", False, "not a number"),
        ("110/200 = 54 %", True, "110 of 200 is 55.00 %"),
        ("5/0", True, "a percentage of nobody"),
        ("1/2/3", True, "with its base"),
        ("F: 12 / H: 9", False, "several numbers in one cell"),
        ("F 12, M 9", True, "several numbers in one cell"),
        ("< 35", False, "only an upper bound"),
        ("moins de 35", False, "only an upper bound"),
        ("-", False, "write 0, n/a or n.d."),
        ("néant", False, "write 0 when it is none"),
        ("environnement", False, "not a number"),
        (True, False, "a yes or no"),
        (datetime.date(2021, 2, 1), False, "made the date 2021-02-01"),
        ("#N/A", False, "an error of the spreadsheet"),
        (b"12", False, "is not a figure"),
    ],
)
def test_a_cell_that_says_no_one_thing_is_refused_by_name(written, is_percentage, words):
    with translation.override("en"), pytest.raises(Unreadable) as caught:
        read_cell(written, is_whole=True, is_percentage=is_percentage)

    assert words in caught.value.sentence


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("F: 12 / H: 9", {"women": 12, "men": 9}),
        ("M: 12 / H: 9", {"women": 12, "men": 9}),
        ("W=12; M=9", {"women": 12, "men": 9}),
        ("12 femmes et 9 hommes", {"women": 12, "men": 9}),
        ("Mujeres: 1.234 | Hombres: 9 | Sin información: 3", {"women": 1234, "men": 9, "not_stated": 3}),
        ("F 12, H 9, autre 1", {"women": 12, "men": 9, "other": 1}),
        ("110/200", None),
        ("12", None),
        ("CAD 12", None),
        (12, None),
    ],
)
def test_parts_by_sex_in_one_cell_are_told_apart(written, expected):
    assert read_split(written) == expected


@pytest.mark.parametrize("written", ["M: 12", "F: 12 / F: 9", "F: 54 % / H: 46 %", "F 12 / M 9 / H 3"])
def test_parts_that_do_not_say_which_is_which_are_refused(written):
    with pytest.raises(Unreadable):
        read_split(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2021-12-31", "2021-12-31"),
        ("2021-12-31T00:00:00", "2021-12-31"),
        ("31/12/2021", "2021-12-31"),
        (" 31.12.2021 ", "2021-12-31"),
        ("3-4-2021", "2021-04-03"),
        ("03/04/2021", "2021-04-03"),
        (datetime.datetime(2021, 12, 31, 8, tzinfo=datetime.UTC), "2021-12-31"),
        (datetime.date(2021, 12, 31), "2021-12-31"),
        (44561, "2021-12-31"),
        (44561.75, "2021-12-31"),
        ("44561", "2021-12-31"),
        (1, "1900-01-01"),
        (59, "1900-02-28"),
        (61, "1900-03-01"),
    ],
)
@pytest.mark.parametrize("language", ["fr", "es"])
def test_dates_are_read_day_first(written, expected, language):
    with translation.override(language):
        assert read_date(written).isoformat() == expected


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("03/04/2021", "can be two dates: write 2021-04-03 or 2021-03-04"),
        ("12/31/2021", "seems to give the month first: write the day first, or 2021-12-31"),
        ("31/02/2021", "not a date"),
        ("31/12/21", "not a date"),
        ("1850-01-01", "outside the years 1900 to 2100"),
        (datetime.date(2101, 1, 1), "outside the years"),
        (60, "not a date"),
        (0, "not a date"),
        (2021, "looks like a year"),
        (10**9, "not a date"),
        ("demain", "not a date"),
        (None, "not a date"),
    ],
)
def test_what_is_no_one_date_is_refused_by_name(written, words):
    with translation.override("en"), pytest.raises(Unreadable) as caught:
        read_date(written)

    assert words in caught.value.sentence


def test_a_code_that_a_spreadsheet_made_a_number_is_text_again():
    assert [read_text(cell) for cell in (1110.0, 1110, " A07.1 ", None)] == ["1110", "1110", "A07.1", ""]
    with pytest.raises(Unreadable):
        read_text("#REF!")


@pytest.mark.parametrize(("language", "share"), [("en", "64.39"), ("fr", "64,39"), ("es", "64,39")])
def test_a_share_that_does_not_fit_is_computed_in_the_numbers_of_the_reader(language, share):
    with translation.override(language), pytest.raises(Unreadable) as caught:
        read_cell("85/132 = 83,5 %", is_whole=False, is_percentage=True)
    assert f" {share} %" in caught.value.sentence.replace("\N{NO-BREAK SPACE}", " ")
