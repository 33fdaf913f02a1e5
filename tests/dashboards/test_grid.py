"""The entry grids: what they show, what they save, and that nothing typed is lost."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Change, User
from dashboards.grids.cells import Cell
from dashboards.grids.typed import read_typed
from indicators.models import Category, Report, Series, Submission
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = pytest.mark.django_db

SEXES = ("women", "men", "other", "not-stated")


class Grid:
    """A programme of one period and one project, and the forms that its pages make."""

    def __init__(self) -> None:
        self.programme = make.programme()
        self.project = make.project(programme=self.programme, slug="P.1", code="P.1")
        self.before = make.period(
            programme=self.programme, slug="h0", starts_on=date(2020, 1, 1), ends_on=date(2020, 6, 30)
        )
        self.period = make.period(
            programme=self.programme, slug="h1", starts_on=date(2020, 7, 1), ends_on=date(2020, 12, 31)
        )
        self.result = make.expected_result(programme=self.programme)
        self.path = "/en/workspace/reports/P.1/h1/"

    def indicator(self, **fields: Any) -> Any:
        return make.indicator(**{"programme": self.programme, "expected_result": self.result, **fields})

    def series(self, key: str = "", *, indicator: Any = None, **fields: Any) -> Series:
        return make.series(
            indicator=indicator or self.indicator(), project=fields.pop("project", self.project), key=key, **fields
        )

    def by_sex(self, **fields: Any) -> dict[str, Series]:
        """The series of one indicator by sex; the total under the empty key."""
        of = self.indicator(**fields)
        return {key: self.series(f"sex={key}" if key else "", indicator=of) for key in (*SEXES, "")}

    def submission(self, series: Series, **fields: Any) -> Submission:
        report = Report.objects.filter(project=self.project, period=self.period).first()
        report = report or make.report(project=self.project, period=self.period)
        return make.submission(series=series, period=self.period, report=report, **fields)


@pytest.fixture
def grid() -> Grid:
    return Grid()


@pytest.fixture
def writer() -> User:
    return make.staff("Data-entry staff", name="Wanda Writer")


@pytest.fixture
def client(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


def fields_of(response: HttpResponse) -> dict[str, str]:
    """What a browser would send of a grid as it was made: its fields, with the tokens that it holds."""
    page = response.content.decode()
    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_ticked = attributes.get("type") not in ("radio", "checkbox")
        if "name" in attributes and is_ticked and attributes["name"] != "csrfmiddlewaretoken":
            found[attributes["name"]] = attributes.get("value", "").replace("&lt;", "<").replace("&gt;", ">")
    for name, text in re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>([^<]*)</textarea>', page):
        found[name] = text
    return found


def type_in(client: Client, path: str, **typed: str) -> HttpResponse:
    """Open the grid, type, save. Fields are named ``v12`` for ``v-12``."""
    data = fields_of(client.get(path)) | {
        re.sub(r"^([a-z]+)(\d+)$", r"\1-\2", name): value for name, value in typed.items()
    }
    return client.post(path, data)


def stated(series: Series) -> Submission:
    return Submission.objects.get(series=series)


# --- What it shows -----------------------------------------------------------------------------------------------------


def test_only_expected_series_of_active_indicators_of_this_project_have_a_cell(grid: Grid, client: Client) -> None:
    shown = grid.series()
    grid.series(is_expected=False)
    grid.series(indicator=grid.indicator(active_to=date(2020, 6, 30)))
    grid.series(indicator=grid.indicator(active_from=date(2021, 1, 1)))
    grid.series(project=make.project(programme=grid.programme))

    assert {name for name in fields_of(client.get(grid.path)) if "-" in name} == {f"v-{shown.pk}"}


def test_parts_stand_beside_their_total_with_baseline_target_and_last_value(grid: Grid, client: Client) -> None:
    parts = grid.by_sex()
    for order, code in enumerate(SEXES):
        Category.objects.filter(code=code).update(order=order)
    make.baseline(series=parts[""], value=Decimal(1234))
    make.target(series=parts[""], period=grid.period, value=Decimal(2000))
    make.actual(series=parts[""], period=grid.before, value=Decimal(1500))
    page = words(client.get(grid.path))

    assert "Indicator Women Men Other Not-stated total" in page
    assert "baseline 1,234 target 2,000 last 1,500" in page


@pytest.mark.parametrize("language", ["fr", "es", "en"])
@pytest.mark.parametrize(
    ("fields", "indicator"),
    [
        ({"value": Decimal(1234)}, {}),
        ({"value": Decimal(0)}, {}),
        ({"value": Decimal(28500000), "qualifier": "more_than"}, {}),
        ({"value": None, "is_not_applicable": True}, {}),
        ({"value": None, "is_not_yet": True}, {}),
        ({"value": Decimal("1234.5")}, {"is_whole": False}),
        ({"value": Decimal("1.234")}, {"is_whole": False}),
        ({"value": Decimal("-1234567")}, {"measure": "currency", "currency": "CAD", "is_whole": False}),
        ({"value": Decimal("82.125")}, {"measure": "percentage", "is_whole": False, "roll_up": "none"}),
        (
            {"value": None, "numerator": Decimal(1110), "denominator": Decimal(2000), "qualifier": "about"},
            {"measure": "percentage", "roll_up": "none"},
        ),
    ],
)
def test_what_a_field_shows_is_read_back_as_the_same_figure(
    grid: Grid, language: str, fields: dict[str, Any], indicator: dict[str, Any]
) -> None:
    submission = Submission(series=grid.series(indicator=grid.indicator(**indicator)), period=grid.period, **fields)
    with translation.override(language):
        cell = Cell(submission.series, "", "total", language, submission=submission)
        read = read_typed(cell, cell.typed) or {}

    assert {name: read.get(name) for name in fields if fields[name] and name != "qualifier"} == {
        name: value for name, value in fields.items() if value and name != "qualifier"
    }
    assert read.get("value") == fields["value"]


# --- What it saves -----------------------------------------------------------------------------------------------------


def test_typed_figures_become_drafts_and_show_how_they_were_read(grid: Grid, client: Client, writer: User) -> None:
    parts = grid.by_sex()
    answer = type_in(client, grid.path, **{f"v{parts['women'].pk}": "1 234", f"v{parts['men'].pk}": "0"})

    assert answer.status_code == 303
    saved = [stated(parts[key]) for key in ("women", "men")]
    assert [(each.value, each.state, each.route, each.author) for each in saved] == [
        (Decimal(1234), "draft", "grid", writer),
        (Decimal(0), "draft", "grid", writer),
    ]
    assert Submission.objects.count() == 2
    page = client.get(grid.path)
    assert "2 figures saved as drafts." in words(page)
    assert fields_of(page)[f"v-{parts['women'].pk}"] == "1,234"
    assert fields_of(page)[f"v-{parts['men'].pk}"] == "0"
    told = re.search(r'data-saved="([\d ]*)"', page.content.decode())
    assert told is not None
    assert set(told[1].split()) == {str(parts[key].pk) for key in ("women", "men")}
    assert "parts: 1,234" in words(page)


def test_saving_what_was_not_touched_writes_nothing(grid: Grid, client: Client) -> None:
    series = grid.series()
    grid.submission(series, value=Decimal(7))
    make.actual(series=grid.series(), period=grid.period)
    changes = Change.objects.count()
    type_in(client, grid.path)

    assert (Change.objects.count(), Submission.objects.count()) == (changes, 1)
    assert "Nothing was changed" in words(client.get(grid.path))


def test_good_cells_are_saved_and_bad_ones_stay_typed_with_a_sentence(grid: Grid, client: Client) -> None:
    good, bad = grid.series(), grid.series()
    answer = type_in(client, grid.path, **{f"v{good.pk}": "5", f"v{bad.pk}": "five"})

    assert answer.status_code == 200
    assert stated(good).value == 5
    assert not Submission.objects.filter(series=bad).exists()
    assert "1 figure saved as draft. 1 figure was not saved yet" in words(answer)
    assert fields_of(answer)[f"v-{bad.pk}"] == "five"
    assert f'href="#v-{bad.pk}"' in answer.content.decode()
    field = re.search(rf'<input [^>]*id="v-{bad.pk}"[^>]*>', answer.content.decode())
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert f'aria-describedby="about-{bad.pk}"' in field[0]


def test_an_ambiguous_number_is_asked_about_in_its_cell(grid: Grid, client: Client) -> None:
    series = grid.series(indicator=grid.indicator(is_whole=False))
    asked = type_in(client, grid.path, **{f"v{series.pk}": "1.234"})
    choices = re.findall(rf'type="radio" name="as-{series.pk}" value="([^"]+)"', asked.content.decode())

    assert not Submission.objects.exists()
    assert choices == ["1.234", "1234"]
    client.post(grid.path, fields_of(asked) | {f"as-{series.pk}": "1234"})
    assert stated(series).value == 1234


def test_an_unusual_number_is_kept_when_its_author_says_so_of_this_very_number(grid: Grid, client: Client) -> None:
    series = grid.series()
    make.actual(series=series, period=grid.before, value=Decimal(100))
    asked = type_in(client, grid.path, **{f"v{series.pk}": "10000"})

    assert not Submission.objects.exists()
    assert f'name="keep-{series.pk}" value="10000"' in asked.content.decode()
    other = client.post(grid.path, fields_of(asked) | {f"v-{series.pk}": "20000", f"keep-{series.pk}": "10000"})
    assert not Submission.objects.exists()
    client.post(grid.path, fields_of(other) | {f"keep-{series.pk}": "20000"})
    assert (stated(series).value, stated(series).is_confirmed) == (20000, True)


def test_percentages_words_and_shares(grid: Grid, client: Client) -> None:
    percentage = grid.series(indicator=grid.indicator(measure="percentage", is_whole=False))
    text = grid.series(indicator=grid.indicator(measure="qualitative"))
    parts = grid.by_sex()
    nothing, later = grid.series(), grid.series()
    typed = {
        f"n{percentage.pk}": "110",
        f"d{percentage.pk}": "200",
        f"v{text.pk}": "Everybody reads it.",
        f"v{parts['women'].pk}": "43 %",
        f"v{nothing.pk}": "n/a",
        f"v{later.pk}": "not yet",
    }
    assert type_in(client, grid.path, **typed).status_code == 303

    assert (stated(percentage).numerator, stated(percentage).denominator, stated(percentage).value) == (110, 200, None)
    assert (stated(text).text_en, stated(text).text_fr) == ("Everybody reads it.", "")
    assert (stated(parts["women"]).share, stated(parts["women"]).value) == (43, None)
    assert stated(nothing).is_not_applicable
    assert stated(later).is_not_yet
    again = client.get(grid.path)
    assert fields_of(again)[f"v-{parts['women'].pk}"] == "43%"
    assert "% of total" in words(again)
    assert type_in(client, grid.path).status_code == 303
    assert Submission.objects.count() == 5


def test_a_text_in_another_language_stays_when_this_one_is_written(grid: Grid, client: Client) -> None:
    text = grid.series(indicator=grid.indicator(measure="qualitative"))
    grid.submission(text, value=None, text_fr="Lu partout.")

    assert '<p class="cell-reference" lang="fr">Lu partout.</p>' in client.get(grid.path).content.decode()
    type_in(client, grid.path, **{f"v{text.pk}": "Read everywhere."})
    assert (stated(text).text_fr, stated(text).text_en) == ("Lu partout.", "Read everywhere.")


def test_what_somebody_else_saved_meanwhile_is_shown_and_never_overwritten_unseen(grid: Grid, client: Client) -> None:
    series, untouched = grid.series(), grid.series()
    opened = fields_of(client.get(grid.path))
    other = make.staff("Data-entry staff", name="Otto Other")
    grid.submission(series, value=Decimal(6), author=other)
    grid.submission(untouched, value=Decimal(8), author=other)
    answer = client.post(grid.path, opened | {f"v-{series.pk}": "5"})

    assert stated(series).value == 6
    assert stated(untouched).value == 8
    assert "Otto Other saved 6 meanwhile." in words(answer)
    assert fields_of(answer)[f"v-{series.pk}"] == "5"
    left = client.post(grid.path, fields_of(answer) | {f"theirs-{series.pk}": "1"})
    assert (left.status_code, stated(series).value) == (303, 6)
    client.post(grid.path, fields_of(answer))
    assert stated(series).value == 5


def test_parts_that_do_not_make_their_total_are_told_and_saved(grid: Grid, client: Client) -> None:
    parts = grid.by_sex()
    typed = {f"v{parts[key].pk}": value for key, value in {"women": "60", "men": "30", "": "100"}.items()}
    assert type_in(client, grid.path, **typed).status_code == 303

    assert Submission.objects.count() == 3
    assert "The parts make 90, the total says 100: 10 missing." in words(client.get(grid.path))


def test_countries_add_up_to_the_project(grid: Grid, client: Client) -> None:
    of = grid.indicator(roll_up="sum")
    whole = grid.series(indicator=of)
    for value, code in ((3, "CL"), (4, "PE")):
        grid.submission(grid.series(indicator=of, country=make.country(code)), value=Decimal(value))
    grid.submission(whole, value=Decimal(5))

    assert "The parts make 7, the total says 5: 2 too many." in words(client.get(grid.path))


def test_returned_cells_come_first_with_their_reason_and_those_under_review_are_closed(
    grid: Grid, client: Client
) -> None:
    back, waiting = grid.series(), grid.series()
    returned = grid.submission(back, state="returned", value=Decimal(3))
    make.review(submission=returned, decision="return", reason="period", text="That is another year.")
    grid.submission(waiting, state="submitted", value=Decimal(4))
    Report.objects.update(state="returned")
    page = client.get(grid.path)

    assert "1 figure to correct" in words(page)
    assert "it belongs to another period. That is another year." in words(page)
    assert {name for name in fields_of(page) if "-" in name} == {f"v-{back.pk}"}
    client.post(grid.path, fields_of(page) | {f"v-{back.pk}": "2", f"v-{waiting.pk}": "9"})
    assert (stated(back).value, stated(waiting).value) == (2, 4)


def test_handing_in_tells_what_is_missing_and_allows_it(grid: Grid, client: Client) -> None:
    given, later, nothing = grid.series(), grid.series(), grid.series()
    typed = {f"v{given.pk}": "5", f"v{later.pk}": "not yet", "action": "hand_in"}
    asked = type_in(client, grid.path, **typed)

    assert "2 expected figures are still missing." in words(asked)
    assert f'href="#v-{nothing.pk}"' in asked.content.decode()
    assert Report.objects.get().state == "draft"
    done = client.post(grid.path, fields_of(asked) | {"action": "hand_in_now", "text": "By phone."})
    assert done.status_code == 302
    assert Report.objects.get().state == "submitted"
    assert {each.state for each in Submission.objects.all()} == {"submitted"}
    assert fields_of(client.get(grid.path)).keys() & {f"v-{given.pk}", f"v-{nothing.pk}"} == set()


def test_a_closed_period_is_corrected_by_specialists_alone_and_with_a_reason(grid: Grid, client: Client) -> None:
    series = grid.series()
    make.actual(series=series, period=grid.period, value=Decimal(5))
    type(grid.period).objects.update(state="published")

    assert "v-" not in "".join(fields_of(client.get(grid.path)))
    client.force_login(make.staff("Monitoring specialists"))
    refused = type_in(client, grid.path, **{f"v{series.pk}": "6"})
    assert not Submission.objects.exists()
    assert "say why the figure is corrected" in words(refused)
    assert fields_of(refused)[f"v-{series.pk}"] == "6"
    client.post(grid.path, fields_of(refused) | {"reason": "A list was counted twice."})
    assert stated(series).value == 6
    assert Change.objects.get(door="grid").reason == "A list was counted twice."


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_a_reader_sees_the_figures_and_cannot_save(grid: Grid, client: Client) -> None:
    series = grid.series()
    grid.submission(series, value=Decimal(4711))
    opened = fields_of(client.get(grid.path))
    client.force_login(make.staff("Readers"))

    assert "4,711" in words(client.get(grid.path))
    assert f"v-{series.pk}" not in fields_of(client.get(grid.path))
    assert client.post(grid.path, opened | {f"v-{series.pk}": "1"}).status_code == 403
    assert stated(series).value == 4711


def test_for_partners_of_another_project_there_is_no_grid_and_strangers_are_sent_to_sign_in(
    grid: Grid, client: Client
) -> None:
    client.force_login(make.membership(role="lead").user)
    assert client.get(grid.path).status_code == 404
    client.logout()
    answer = client.get(grid.path)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={grid.path}")


@pytest.mark.parametrize("path", ["reports/P.2/h1/", "reports/P.1/h2/", "periods/h2/grid/"])
def test_what_does_not_exist_is_not_found(grid: Grid, client: Client, path: str) -> None:
    assert client.get(f"/en/workspace/{path}").status_code == 404


# --- Nothing typed is lost -------------------------------------------------------------------------------------------


def test_what_was_typed_outlives_an_expired_sign_in(grid: Grid, client: Client, writer: User) -> None:
    series = grid.series()
    opened = fields_of(client.get(grid.path))
    client.logout()
    answer = client.post(grid.path, opened | {f"v-{series.pk}": "4711"})
    assert answer["Location"].endswith(f"?next={grid.path}")
    assert not Submission.objects.exists()
    client.force_login(writer)
    again = client.get(grid.path)

    assert fields_of(again)[f"v-{series.pk}"] == "4711"
    assert "1 figure was typed before your sign-in expired." in words(again)
    assert client.post(grid.path, fields_of(again)).status_code == 303
    assert stated(series).value == 4711
    assert "before your sign-in expired" not in words(client.get(grid.path))


def test_nobody_else_is_shown_what_somebody_typed(grid: Grid, client: Client, writer: User) -> None:
    series = grid.series()
    opened = fields_of(client.get(grid.path)) | {f"v-{series.pk}": "4711"}
    client.logout()
    client.post(grid.path, opened)
    other = make.staff("Data-entry staff")
    client.force_login(other)

    assert "4711" not in client.get(grid.path).content.decode()
    refused = client.post(grid.path, opened)
    assert "opened under another account" in words(refused)
    client.force_login(writer)
    assert "4711" not in client.get(grid.path).content.decode()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("token", ["", "1", "forged:signature"])
def test_strangers_cannot_fill_the_store(grid: Grid, client: Client, token: str) -> None:
    client.logout()
    answer = client.post(grid.path, {"writer": token, "v-1": "4711"})
    assert answer.status_code == 302
    assert "typed_in_grids" not in client.session


def test_what_is_kept_is_bounded(grid: Grid, client: Client) -> None:
    series = grid.series()
    opened = fields_of(client.get(grid.path))
    client.logout()
    client.post(grid.path, opened | {f"v-{series.pk}": "9" * 400_000})
    assert "typed_in_grids" not in client.session
    for number in range(5):
        client.post(f"/en/workspace/periods/h1/grid/?page={number}", opened | {f"v-{series.pk}": "1"})
    assert len(client.session["typed_in_grids"]) == 3


def test_a_stale_token_shows_the_grid_again_with_what_was_typed(grid: Grid, writer: User) -> None:
    series = grid.series()
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)
    opened = fields_of(client.get(grid.path))
    answer = client.post(grid.path, opened | {f"v-{series.pk}": "4711", "csrfmiddlewaretoken": "x" * 64})

    assert (answer.status_code, answer["Location"]) == (303, grid.path)
    assert fields_of(client.get(grid.path))[f"v-{series.pk}"] == "4711"
    assert not Submission.objects.exists()
    assert client.post(grid.path, {"v-1": "1"}).status_code == 403


@pytest.mark.parametrize("seen", ["", "x", "1", "1.x.y", "99999999999999999999.1.a", "..."])
def test_a_crafted_form_is_answered(grid: Grid, client: Client, seen: str) -> None:
    series = grid.series()
    crafted = {"seen": seen, f"v{series.pk}": "\x00", "v٣": "1", "v99999999999999999999": "1", f"as{series.pk}": "x"}
    assert type_in(client, grid.path, **crafted).status_code in (200, 303)
    assert not Submission.objects.exists()


# --- The programme ---------------------------------------------------------------------------------------------------


def test_the_programme_is_filled_one_indicator_at_a_time(grid: Grid, client: Client) -> None:
    of, other = grid.indicator(code="A"), grid.indicator(code="B")
    second = make.project(programme=grid.programme, slug="P.2", code="P.2")
    chile = make.country("CL", **three("name", "Chile"))
    cells = [
        grid.series(indicator=of),
        grid.series(indicator=of, project=second, country=chile),
        grid.series(indicator=other),
    ]
    path = "/en/workspace/periods/h1/grid/"

    def names(query: str) -> set[str]:
        return {name for name in fields_of(client.get(path + query)) if "-" in name}

    assert names("") == {f"v-{cell.pk}" for cell in cells[:2]}
    assert names(f"?indicator={other.slug}") == {f"v-{cells[2].pk}"}
    assert names("?project=P.2") == names("?country=CL") == {f"v-{cells[1].pk}"}
    assert "“X” is not a value of “country”" in words(client.get(f"{path}?country=X"))
    assert type_in(client, path, **{f"v{cells[0].pk}": "1", f"v{cells[1].pk}": "2"}).status_code == 303
    assert {each.report.project.code: each.value for each in Submission.objects.all() if each.report} == {
        "P.1": 1,
        "P.2": 2,
    }


def test_a_demonstration_is_marked_and_a_programme_is_not(grid: Grid, client: Client) -> None:
    grid.series()
    assert "demonstration-mark" not in client.get(grid.path).content.decode()
    type(grid.programme).objects.update(is_demonstration=True)
    assert "demonstration-mark" in client.get(grid.path).content.decode()
    assert "demonstration-mark" in client.get("/en/workspace/periods/h1/grid/").content.decode()


def test_a_period_in_which_nothing_is_expected_says_so(grid: Grid, client: Client) -> None:
    make.period(programme=grid.programme, slug="all", kind="whole")
    paths = [grid.path, "/en/workspace/periods/h1/grid/"]
    for path in [*paths, *(path.replace("h1", "all") for path in paths)]:
        if "all" in path:
            grid.series()
        assert "No figure is expected here for this period." in words(client.get(path))


# --- What it costs ---------------------------------------------------------------------------------------------------


def costs(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def fill(grid: Grid) -> None:
    of = grid.by_sex()
    make.baseline(series=of[""])
    make.target(series=of[""], period=grid.period)
    make.actual(series=of[""], period=grid.before)
    returned = grid.submission(of["women"], state="returned")
    make.review(submission=returned, decision="return", reason="period")


def test_opening_costs_the_same_with_one_and_with_three_indicators(grid: Grid, client: Client) -> None:
    fill(grid)
    with_one = costs(client, grid.path)
    fill(grid)
    fill(grid)

    assert costs(client, grid.path) == with_one == 14


def test_opening_the_programme_costs_the_same_with_one_and_with_three_projects(grid: Grid, client: Client) -> None:
    of = grid.indicator()
    path = "/en/workspace/periods/h1/grid/"
    grid.series(indicator=of)
    with_one = costs(client, path)
    for _ in range(2):
        grid.series(indicator=of, project=make.project(programme=grid.programme))

    assert costs(client, path) == with_one == 12
