"""A question and all that is found for it: in the reader's language, else in another one, else spelled otherwise."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils.translation import override

from indicators.models import Result
from projects.demonstrations import query_of
from projects.models import Programme
from search.choices import Kind
from search.models import Entry, Word
from search.querysets import MOST_OF_A_KIND, Hits
from search.words import Piece, Question, excerpt, pieces, words_of

#: Kinds whose code is their own, not that of what they belong to.
CODED: Final = (Kind.PROGRAMME, Kind.RESULT, Kind.PROJECT, Kind.THEME, Kind.GOAL)
#: Of each kind, where all kinds are shown; of one, on each of its pages.
FIRST_OF_A_KIND: Final = 5
ON_A_PAGE: Final = 20
#: Mistyped words that are looked up in the list of all words; shorter ones are near to too many.
MOST_MISTYPED: Final = 3
SHORTEST_MISTYPED: Final = 4
#: Indicators that are found by a figure: a common number stands in many.
MOST_BY_FIGURE: Final = 100


@dataclass(frozen=True)
class Shown:
    """An entry as the page shows it."""

    url: str
    code: str
    title: list[Piece]
    title_language: str
    text: list[Piece]
    text_language: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    kind: Kind
    number: int
    entries: list[Shown]

    @property
    def has_more(self) -> bool:
        return self.number > len(self.entries)

    @property
    def is_counted(self) -> bool:
        """Whether the number is exact: counting ends somewhere."""
        return self.number < MOST_OF_A_KIND


@dataclass
class Answer:
    """What was found.

    Attributes:
        words: those that were looked for in the end.
        language: in which they were found.
        respelled: mistyped words and what was looked for instead.
        numbers: how many of each kind.
        groups: those of which entries are shown; one that is called exactly so stands first.
    """

    question: Question
    language: str
    words: list[str]
    respelled: dict[str, str] = field(default_factory=dict)
    numbers: dict[Kind, int] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)

    @property
    def number(self) -> int:
        return sum(self.numbers.values())

    @property
    def is_counted(self) -> bool:
        return all(number < MOST_OF_A_KIND for number in self.numbers.values())


@dataclass(frozen=True)
class Search:
    """How a reader asks: in which language, and of which demonstration programme, if any."""

    language: str
    demonstration: Programme | None = None

    def answer(self, typed: str) -> Answer:
        """The first entries of each kind for what somebody typed."""
        question = Question.of(typed)
        answer = Answer(question, self.language, list(question.words))
        hits = self._hits(answer, by_figure=self._by_figure(question))
        if not hits.numbers and question.words:
            answer.respelled = self._respelled(question.words)
            if answer.respelled:
                answer.words = [answer.respelled.get(word, word) for word in question.words]
                hits = self._hits(answer)
        answer.numbers = hits.numbers
        answer.groups = self._groups(answer, hits)
        return answer

    def entries(self, answer: Answer, kind: Kind, *, page: int) -> Group:
        """A page of what was found of one kind."""
        hits = Entry.objects.hits(
            answer.words,
            language=answer.language,
            kinds=[kind],
            start=(page - 1) * ON_A_PAGE,
            stop=page * ON_A_PAGE,
            by_figure=self._by_figure(answer.question),
            demonstration=self.demonstration,
        )
        return self._groups(answer, Hits({kind: answer.numbers[kind]}, hits.keys))[0]

    def _hits(self, answer: Answer, *, by_figure: Collection[int] = ()) -> Hits:
        others = [code for code, _name in settings.LANGUAGES if code != self.language]
        hits = Hits()
        for language in (self.language, *others):
            hits = Entry.objects.hits(
                answer.words,
                language=language,
                stop=FIRST_OF_A_KIND,
                by_figure=by_figure,
                demonstration=self.demonstration,
            )
            if hits.numbers:
                answer.language = language
                return hits
        return hits

    def _by_figure(self, question: Question) -> list[int]:
        """Indicators one of whose public figures is the number, or is of the project, that is asked for."""
        if question.number:
            asked = Decimal(question.number)
            is_asked_for = Q(actual=asked) | Q(share=asked) | Q(target=asked)
        elif question.code:
            is_asked_for = Q(project__code__iexact=question.code)
        else:
            return []
        shown = Result.objects.public(demonstrations=[self.demonstration] if self.demonstration else [])
        found = shown.filter(is_asked_for, is_suppressed=False).order_by()
        return list(found.values_list("indicator", flat=True).distinct()[:MOST_BY_FIGURE])

    def _respelled(self, words: Collection[str]) -> dict[str, str]:
        """The nearest known spelling of the words that nothing holds."""
        typed = [word for word in words if len(word) >= SHORTEST_MISTYPED and not word.isdigit()]
        mistyped = Word.objects.unknown(typed)[:MOST_MISTYPED]
        return Word.objects.nearest(mistyped)

    def _groups(self, answer: Answer, hits: Hits) -> list[Group]:
        wanted = [key for keys in hits.keys.values() for key in keys]
        entries = Entry.objects.defer("keys").in_bulk(wanted)
        groups = []
        with override(answer.language):
            for kind in Kind:
                if kind in hits.numbers:
                    found = [entries[key] for key in hits.keys.get(kind, ()) if key in entries]
                    groups.append(
                        (found, Group(kind, hits.numbers[kind], [self._shown(answer, each) for each in found]))
                    )
        # Who types a name wants what bears it.
        groups.sort(key=lambda group: not any(_is_called(entry, answer.words) for entry in group[0][:1]))
        return [group for _found, group in groups]

    def _shown(self, answer: Answer, entry: Entry) -> Shown:
        query = query_of(self.demonstration) if self.demonstration else ""
        address, mark, place = entry.get_absolute_url().partition("#")
        return Shown(
            url=f"{address}{query}{mark}{place}",
            code=entry.code,
            title=pieces(entry.title, answer.words),
            title_language=entry.title_language,
            text=excerpt(entry.text, answer.words),
            text_language=entry.text_language,
        )


def _is_called(entry: Entry, words: Collection[str]) -> bool:
    asked = set(words)
    is_own_code = entry.kind in CODED and set(words_of(entry.code)) == asked
    return is_own_code or set(words_of(entry.title)) == asked
