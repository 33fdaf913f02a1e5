from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from epe_ap.templatetags.figures import (
    amount,
    any_with,
    bar_width,
    figure,
    money,
    number,
    overflows,
    percent,
    qualifier,
    zipped,
)

D = Decimal


@pytest.mark.parametrize(
    ("value", "english", "french", "spanish"),
    [
        (D("0"), "0", "0", "0"),
        (D("0.0000"), "0", "0", "0"),
        (D("213.0000"), "213", "213", "213"),
        (D("1234.5000"), "1,234.5", "1\xa0234,5", "1\xa0234,5"),
        (D("28755933"), "28,755,933", "28\xa0755\xa0933", "28\xa0755\xa0933"),
        (D("0.0625"), "0.0625", "0,0625", "0,0625"),
        (D("-1234.5"), "−1,234.5", "−1\xa0234,5", "−1\xa0234,5"),
        (D("1E+3"), "1,000", "1\xa0000", "1\xa0000"),
        (D("99999999999.9999"), "99,999,999,999.9999", "99\xa0999\xa0999\xa0999,9999", "99\xa0999\xa0999\xa0999,9999"),
        (3006, "3,006", "3\xa0006", "3\xa0006"),
        ("2016", "2016", "2016", "2016"),
        ("1110", "1110", "1110", "1110"),
        (None, "", "", ""),
    ],
)
def test_number_follows_the_language_and_leaves_years_and_codes_alone(value, english, french, spanish):
    written = {}
    for language in ("en", "fr", "es"):
        with translation.override(language):
            written[language] = number(value)

    assert written == {"en": english, "fr": french, "es": spanish}


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (D("2.25"), 1, "2.3"),
        (D("2.35"), 1, "2.4"),
        (D("-2.25"), 1, "−2.3"),
        (D("0.5"), 0, "1"),
        (D("-0.04"), 1, "0"),
        (D("9.96"), 1, "10"),
        (D("2.0000"), 1, "2"),
    ],
)
def test_number_rounds_halves_away_from_zero(value, places, expected):
    with translation.override("en"):
        assert number(value, places) == expected


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (D("83.5"), "83.5%", "83,5\xa0%"),
        (D("532.5000"), "532.5%", "532,5\xa0%"),
        (D("33.3333"), "33.3%", "33,3\xa0%"),
        (D("-30"), "−30%", "−30\xa0%"),
        (D("0"), "0%", "0\xa0%"),
        (None, "", ""),
    ],
)
def test_percent_has_one_decimal_and_the_sign_of_the_language(value, english, french):
    with translation.override("en"):
        assert percent(value) == english
    for language in ("fr", "es"):
        with translation.override(language):
            assert percent(value) == french


@pytest.mark.parametrize(
    ("value", "currency", "english", "french", "spanish"),
    [
        (D("16000000"), "CAD", "CA$16,000,000", "16\xa0000\xa0000\xa0$\xa0CA", "16\xa0000\xa0000\xa0CAD"),
        (D("12.5"), "USD", "US$12.5", "12,5\xa0$\xa0US", "12,5\xa0USD"),
        (D("1000"), "CLP", "CLP\xa01,000", "1\xa0000\xa0CLP", "1\xa0000\xa0CLP"),
        (D("-7"), "EUR", "−€7", "−7\xa0€", "−7\xa0€"),
        (D("0"), "CAD", "CA$0", "0\xa0$\xa0CA", "0\xa0CAD"),
        (D("1000"), "", "1,000", "1\xa0000", "1\xa0000"),
        (None, "CAD", "", "", ""),
    ],
)
def test_money_names_its_currency(value, currency, english, french, spanish):
    written = {}
    for language in ("en", "fr", "es"):
        with translation.override(language):
            written[language] = money(value, currency)

    assert written == {"en": english, "fr": french, "es": spanish}


@pytest.mark.parametrize("language", ["fr-ca", "pt", None])
def test_a_language_without_notation_of_its_own_is_written_as_french(language, settings):
    settings.LANGUAGE_CODE = "fr"
    with translation.override(language):
        assert number(D("1234.5")) == "1\xa0234,5"


@pytest.mark.parametrize(
    ("fields", "field", "expected"),
    [
        ({"measure": "count", "actual": D("3006")}, "actual", "3,006"),
        ({"measure": "count", "actual": D("0")}, "actual", "0"),
        ({"measure": "count", "actual": None}, "actual", ""),
        ({"measure": "count", "target": D("40")}, "target", "40"),
        ({"measure": "count"}, "baseline", ""),
        ({"measure": "percentage", "actual": D("82")}, "actual", "82%"),
        ({"measure": "currency", "currency": "CAD", "actual": D("10")}, "actual", "CA$10"),
        ({"measure": "change", "actual": D("8")}, "actual", "+8"),
        ({"measure": "change", "actual": D("-8")}, "actual", "−8"),
        ({"measure": "change", "actual": D("0")}, "actual", "0"),
        ({"measure": "score", "actual": D("4.25")}, "actual", "4.25"),
    ],
)
def test_amount_follows_the_measure_of_the_row(fields, field, expected):
    with translation.override("en"):
        assert amount(SimpleNamespace(**fields), field) == expected


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("exact", ""),
        ("", ""),
        (None, ""),
        ("more_than", "more than"),
        ("at_least", "at least"),
        ("about", "about"),
        ("planned", "planned"),
        ("estimated", "estimated"),
    ],
)
def test_a_figure_keeps_its_qualifier(code, words):
    row = SimpleNamespace(measure="count", actual=D("28500000"), qualifier=code)
    with translation.override("en"):
        assert qualifier(code) == words
        assert figure(row) == f"{words} 28,500,000".strip()


@pytest.mark.parametrize(
    ("value", "width", "cut"),
    [
        (None, "0", False),
        (D("-30"), "0", False),
        (D("0"), "0", False),
        (D("0.5"), "0.5", False),
        (D("82.255"), "82.26", False),
        (D("100.0000"), "100", False),
        (D("125"), "125", False),
        (D("125.01"), "125", True),
        (D("532.5"), "125", True),
    ],
)
def test_a_bar_is_cut_at_its_cap_and_says_so(value, width, cut):
    with translation.override("fr"):
        assert bar_width(value) == width
    assert overflows(value) is cut


@given(st.decimals(min_value=-1000, max_value=100_000, places=4))
def test_a_bar_never_leaves_its_track(value):
    assert 0 <= Decimal(bar_width(value, 100)) <= 100


@given(
    st.decimals(min_value=-10_000_000_000, max_value=10_000_000_000, places=4),
    st.sampled_from([("en", ",", "."), ("fr", "\xa0", ","), ("es", "\xa0", ",")]),
)
def test_a_written_number_reads_back_as_itself(value, notation):
    language, group, mark = notation
    with translation.override(language):
        written = number(value)

    assert Decimal(written.replace(group, "").replace(mark, ".").replace("−", "-")) == value


def test_a_column_is_asked_for_only_where_a_row_fills_it():
    groups = [("A", [SimpleNamespace(women_share=None)]), ("B", [SimpleNamespace(women_share=D("0"))])]

    assert any_with(groups, "women_share") is True
    assert any_with(groups[:1], "women_share") is False


def test_cells_and_columns_of_unequal_length_are_refused():
    assert zipped([1, 2], ["a", "b"]) == [(1, "a"), (2, "b")]
    with pytest.raises(ValueError, match="longer"):
        zipped([1], ["a", "b"])
