"""What the search tells of a record of each kind, in each language: its title, its text and its words.

Only what the public pages of the record show goes in: who may be found is asked of the same querysets as the pages ask.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext, override

from accounts.models import Record
from forums.models import Forum
from indicators.models import ExpectedResult, Goal, Indicator
from library.models import Document, Finding, Publication
from partners.models import Country, Partner
from projects.models import Activity, Area, Deliverable, Objective, Programme, Project, Theme, WorkPlan
from projects.models.work_plans import AreaPart
from search.choices import Kind
from search.words import keys_of

LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES)
#: Records that are read at once.
BATCH: Final = 500
#: Characters that the table has room for; a statement may be longer, and is found by all of its words.
LONGEST_TITLE: Final = 300
#: Key figures first, then the others.
NO_RANK: Final = 10_000
#: More than the numbers of an area ever reach: its parts stand in their order, area by area.
MOST_IN_AN_AREA: Final = 40_000


@dataclass(frozen=True)
class Told:
    """What is said of a record in one language, and the words that it is found by beside those that are shown.

    Attributes:
        names: names and codes that are not shown as title: other spellings, acronyms, titles elsewhere.
        more: other texts that are not shown.
    """

    key: str
    title: str
    title_language: str
    text: str = ""
    text_language: str = ""
    code: str = ""
    names: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    position: int = 0


@dataclass(frozen=True)
class Maker:
    """How the entries of one kind are made.

    Attributes:
        records: those that anybody may find; with what ``tell`` reads of them.
        tell: what is said of one of them in a language, which is also the one that is active.
        programme: look-up of the programme from the record; empty where it has none.
    """

    records: Callable[[], "QuerySet[Any]"]
    tell: Callable[[Any, str], Told]
    programme: str = "programme"


def own(record: Any, name: str, language: str) -> tuple[str, str]:
    """A text of a record in a language, or in the first one that has it; with the language that it stands in."""
    for code in (language, *LANGUAGES):
        text = getattr(record, f"{name}_{code}")
        if text:
            return text, code
    return "", language


def every(record: Any, name: str) -> tuple[str, ...]:
    """A text of a record in all languages."""
    return tuple(getattr(record, f"{name}_{code}") for code in LANGUAGES)


def titled(record: Any, language: str, **said: Any) -> Told:
    """A record under its own title, our translation of it before its summary."""
    translated = getattr(record, f"translated_title_{language}") if record.language != language else ""
    summary, text_language = own(record, said.pop("summary", "summary"), language)
    if translated and text_language != language:
        summary, text_language = "", language
    text = " · ".join(filter(None, (translated, summary)))
    return Told(
        **{
            "key": record.slug,
            "title": record.title,
            "title_language": record.language,
            "text": text,
            "text_language": text_language,
            **said,
            "names": (*said.get("names", ()), translated),
        }
    )


# --- Kinds ---------------------------------------------------------------------------------------


def _programme(record: Programme, language: str) -> Told:
    title, title_language = own(record, "name", language)
    text, text_language = own(record, "summary", language)
    # Some are called by their code alone.
    code = record.code if record.code != title else ""
    names = (record.code, *every(record, "name"))
    return Told(record.slug, title, title_language, text, text_language, code=code, names=names)


def _result(record: ExpectedResult, language: str) -> Told:
    title, title_language = own(record, "statement", language)
    return Told(
        key=f"{record.programme.slug}/{record.code}",
        code=record.code,
        title=Truncator(title).chars(LONGEST_TITLE),
        title_language=title_language,
        text=f"{capfirst(record.get_level_display())} · {record.get_basis_display()}",
        text_language=language,
        more=(record.programme.code, title),
        position=record.order,
    )


def _indicator(record: Indicator, language: str) -> Told:
    title, title_language = own(record, "name", language)
    text, text_language = own(record, "definition", language)
    return Told(
        key=record.slug,
        code=record.project.code if record.project else "",
        title=title,
        title_language=title_language,
        text=text,
        text_language=text_language,
        names=(record.code,),
        more=(record.programme.code,),
        position=record.headline_rank or NO_RANK,
    )


def _project(record: Project, language: str) -> Told:
    titles = [each.title for each in record.project_themes.all()]
    titles += [getattr(each, f"translated_title_{language}") for each in record.project_themes.all()]
    sectors = [getattr(sector, f"name_{language}") for sector in record.sectors.all()]
    return titled(record, language, code=record.code, names=tuple(titles), more=(record.programme.code, *sectors))


def _partner(record: Partner, language: str) -> Told:
    translated = getattr(record, f"translated_name_{language}") if record.language != language else ""
    names = [translated, record.acronym, *sorted(alias.name for alias in record.aliases.all())]
    shown = dict.fromkeys(name for name in (*names, record.city) if name and name != record.name)
    return Told(
        key=record.slug,
        title=record.name,
        title_language=record.language,
        text=" · ".join(shown),
        text_language=record.language,
        names=tuple(names),
    )


def _country(record: Country, language: str) -> Told:
    title, title_language = own(record, "name", language)
    text, text_language = own(record, "summary", language)
    names = (record.code, *every(record, "name"))
    position = int(not record.is_pacific_alliance)
    return Told(record.code, title, title_language, text, text_language, names=names, position=position)


def _theme(record: Theme, language: str) -> Told:
    title, title_language = own(record, "name", language)
    text, text_language = own(record, "introduction", language)
    return Told(record.slug, title, title_language, text, text_language, code=record.code, position=record.number)


def _forum(record: Forum, language: str) -> Told:
    return titled(record, language, more=(record.city,), position=record.number)


def _publication(record: Publication, language: str) -> Told:
    return titled(record, language)


def _finding(record: Finding, language: str) -> Told:
    text, text_language = own(record, "text", language)
    subject = record.theme or record.project or record.programme
    code = gettext("forum %(number)s") % {"number": record.forum.number} if record.forum else subject.code
    kind = capfirst(record.get_kind_display())
    return Told(record.code, kind, language, text, text_language, code=code, names=(text,), position=record.order)


def _work_plan(record: WorkPlan, language: str) -> Told:
    return titled(record, language)


def _area(record: Area, language: str) -> Told:
    title, title_language = own(record, "name", language)
    text, text_language = own(record, "description", language)
    return Told(
        key=f"{record.work_plan.slug}/area-{record.number}",
        code=str(record.number),
        title=title,
        title_language=title_language,
        text=text,
        text_language=text_language,
        position=record.number,
    )


def _part_of_area(record: AreaPart, language: str) -> Told:
    """An objective, activity or deliverable, above the area that it stands in."""
    title, title_language = own(record, "text", language)
    area, area_language = own(record.area, "name", language)
    return Told(
        key=f"{record.area.work_plan.slug}/{record._meta.model_name}-{record.area.number}-{record.number}",
        title=Truncator(title).chars(LONGEST_TITLE),
        title_language=title_language,
        text=area,
        text_language=area_language,
        more=(title,),
        position=record.area.number * MOST_IN_AN_AREA + record.number,
    )


def _source(record: Document, language: str) -> Told:
    short, _code = own(record, "short_title", language)
    return titled(record, language, summary="note", names=(short,), more=(record.publisher,), position=record.order)


def _goal(record: Goal, language: str) -> Told:
    name, title_language = own(record, "name", language)
    names = ("SDG", "ODD", "ODS", str(record.number))
    return Told(str(record.number), name, title_language, code=str(record.number), names=names, position=record.number)


def in_shown_plans(model: type[Record], plan: str) -> "QuerySet[Any]":
    """The records of a kind that stand in a work plan with a public page; ``plan`` leads to it."""
    shown = model._default_manager.filter(**{f"{plan}__in": WorkPlan.objects.real()})
    return shown.select_related(f"{plan}__programme")


MAKERS: Final[dict[Kind, Maker]] = {
    Kind.PROGRAMME: Maker(Programme.objects.real, _programme, programme=""),
    Kind.INDICATOR: Maker(
        lambda: Indicator.objects.filter(is_public=True).select_related("programme", "project"), _indicator
    ),
    Kind.RESULT: Maker(
        lambda: ExpectedResult.objects.filter(programme__is_demonstration=False).select_related("programme"), _result
    ),
    Kind.PROJECT: Maker(
        lambda: Project.objects.select_related("programme").prefetch_related("project_themes", "sectors"), _project
    ),
    Kind.PARTNER: Maker(lambda: Partner.objects.public().prefetch_related("aliases"), _partner, programme=""),
    Kind.COUNTRY: Maker(Country.objects.all, _country, programme=""),
    Kind.THEME: Maker(lambda: Theme.objects.real().select_related("programme"), _theme),
    Kind.FORUM: Maker(lambda: Forum.objects.real().select_related("programme"), _forum),
    Kind.PUBLICATION: Maker(lambda: Publication.objects.real().select_related("programme"), _publication),
    Kind.FINDING: Maker(
        lambda: Finding.objects.real().select_related("programme", "theme", "project", "forum"), _finding
    ),
    Kind.WORK_PLAN: Maker(lambda: WorkPlan.objects.real().select_related("programme"), _work_plan),
    Kind.AREA: Maker(lambda: in_shown_plans(Area, "work_plan"), _area, programme="work_plan__programme"),
    **{
        kind: Maker(
            partial(in_shown_plans, model, "area__work_plan"), _part_of_area, programme="area__work_plan__programme"
        )
        for kind, model in ((Kind.OBJECTIVE, Objective), (Kind.ACTIVITY, Activity), (Kind.DELIVERABLE, Deliverable))
    },
    Kind.SOURCE: Maker(Document.objects.for_list, _source, programme=""),
    Kind.GOAL: Maker(Goal.objects.all, _goal, programme=""),
}


# --- Pages ---------------------------------------------------------------------------------------


def _pages() -> list[tuple[str, str, str]]:
    """Pages that are of no record: the name of the address, the title and what the page says of itself."""
    return [
        (
            "method",
            gettext("How figures are calculated"),
            gettext(
                "One set of rules stands behind every page and every download. The examples below are calculated by those rules as this page is made."
            ),
        ),
        (
            "about",
            gettext("About these pages"),
            gettext(
                "What the sources print about the programme, figure by figure, so that it can be filtered, traced, compared and reused."
            ),
        ),
        (
            "data",
            gettext("Download the data"),
            gettext("The whole table of results: every figure of every nature, period and part, one line each."),
        ),
        ("framework", gettext("Logic model and performance measurement framework"), ""),
        (
            "compare",
            gettext("Countries side by side"),
            gettext(
                "First what the sources themselves split by country, then figures of single projects, each under its country. Most outcomes are stated for the programme as a whole, and a total without its parts is never shared out here."
            ),
        ),
        ("results", gettext("Results"), ""),
        ("projects", gettext("Projects"), ""),
        ("partners", gettext("Partners"), ""),
        (
            "countries",
            gettext("Countries"),
            gettext(
                "A figure belongs to a country when a source says so, or when its local partner or its only country says so. The others are regional."
            ),
        ),
        ("themes", gettext("Themes and dimensions"), ""),
        (
            "forums",
            gettext("Forums"),
            gettext(
                "International meetings of the programme. Their figures are regional: they are never counted to the country in which a forum was held."
            ),
        ),
        (
            "sdgs",
            gettext("Sustainable development goals"),
            gettext(
                "The programme's figures contribute to these goals. They are not the United Nations' own indicators of them."
            ),
        ),
        ("publications", gettext("Publications"), ""),
        ("findings", gettext("What was learned"), ""),
        (
            "sources",
            gettext("What was read"),
            gettext("Every figure rests on a place in one of these documents: its section, and the value as printed."),
        ),
        ("discrepancies", gettext("Where sources disagree"), ""),
    ]


# --- Rows ----------------------------------------------------------------------------------------


def rows_of(kind: Kind, keys: Collection[int] | None = None) -> Iterator[dict[str, Any]]:
    """The entries of a kind as they should stand, each as the values of its columns.

    Args:
        keys: primary keys of the records; all of them when left out.
    """
    if kind == Kind.PAGE:
        for language in LANGUAGES:
            with override(language):
                pages = _pages()
            for number, (name, title, text) in enumerate(pages, start=1):
                told = Told(name, title, language, text, language, position=number)
                yield _row(kind, number, language, told, None)
        return
    maker = MAKERS[kind]
    records = maker.records()
    if keys is not None:
        records = records.filter(pk__in=keys)
    for record in records.order_by("pk").iterator(chunk_size=BATCH):
        programme = reduce(getattr, maker.programme.split("__"), record) if maker.programme else None
        for language in LANGUAGES:
            # Whoever reads the rows does it in a language of their own.
            with override(language):
                told = maker.tell(record, language)
            yield _row(kind, record.pk, language, told, programme)


def _row(kind: Kind, record: int, language: str, told: Told, programme: Any) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "record": record,
        "language": language,
        "key": told.key,
        "code": told.code,
        "title": told.title,
        "title_language": told.title_language,
        "text": told.text,
        "text_language": told.text_language or language,
        "keys": keys_of(language, kind, names=[told.code, told.title, *told.names], texts=[told.text, *told.more]),
        "position": told.position,
        "programme_id": programme.pk if programme else None,
        "is_demonstration": bool(programme and programme.is_demonstration),
    }
