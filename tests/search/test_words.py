"""How texts and questions become words, and which words of a text a question finds."""

import pytest

from search.choices import LETTERS, Kind
from search.words import EXCERPT, MOST_LETTERS, MOST_WORDS, Piece, Question, excerpt, keys_of, pieces, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’Égalité au Pérou", ["l", "egalite", "au", "perou"]),
        ("E\u0301galite\u0301 en GÉNERO, género", ["egalite", "en", "genero"]),
        ("cœur, niño, Straße", ["coeur", "nino", "strasse"]),
        ("B05, A07.1. T1/D2", ["b05", "a07.1", "t1", "d2"]),
        ("28 755 933; 28,755,933; 28.755.933; 28\u202f755\u202f933", ["28755933"]),
        ("82,5 % et 82.5 %", ["82.5", "et"]),
        ("2019, 2020 et 2021", ["2019", "2020", "et", "2021"]),
        ("T1 100 personnes", ["t1", "100", "personnes"]),
        ("½ ² % _ \\ ' \" \x00 \U0001f600", ["12", "2"]),
        ("a_b l'UTCAM-2", ["a", "b", "l", "utcam", "2"]),
        ("x" * 200, ["x" * 60]),
        ("", []),
    ],
)
def test_a_text_is_its_words_without_case_and_accents(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("les femmes de la mine", Question(("femmes", "mine"))),
        ("de la", Question(("de", "la"))),
        ("%_'\"\\ \x00", Question(())),
        ("x" * 10_000, Question(("x" * 60,), is_cut=True)),
        (" ".join(f"w{n}" for n in range(30)), Question(tuple(f"w{n}" for n in range(MOST_WORDS)), is_cut=True)),
        (" " * MOST_LETTERS, Question(())),
    ],
)
def test_a_question_is_its_telling_words(typed: str, question: Question) -> None:
    assert Question.of(typed) == question


def test_only_a_number_alone_is_asked_for_as_a_number() -> None:
    typed = ["28 755 933", "82,5", "B05", "12 femmes", "1" * 40]
    assert [Question.of(each).number for each in typed] == ["28755933", "82.5", "", "", ""]


def test_each_kind_has_its_own_letter_and_a_name_is_found_as_such() -> None:
    assert len(set(LETTERS.values())) == len(Kind) == len(LETTERS)
    assert keys_of("fr", Kind.PROJECT, names=["B05"], texts=["Le Pérou, B05"]) == " frRb05 frrb05 frrle frrperou "
    assert keys_of("fr", Kind.PROJECT, names=[], texts=["%"]) == ""


def test_words_are_marked_from_their_beginning_short_ones_and_numbers_whole() -> None:
    text = "Égalité, égalitaire & <inégalité>: 28 755 933, B05"
    assert [piece.text for piece in pieces(text, ["egal", "28755933", "b0", "b05"]) if piece.is_found] == [
        *("Égalité", "égalitaire", "28 755 933", "B05")
    ]
    assert "".join(piece.text for piece in pieces(text, ["egal"])) == text
    assert pieces(text, ["28755", "galite"]) == [Piece(text)]


def test_an_excerpt_holds_the_first_word_that_was_looked_for() -> None:
    text = f"{'avant ' * 100}Égalité {'après ' * 100}"
    shown = excerpt(text, ["egalite"])
    assert [piece.text for piece in shown if piece.is_found] == ["Égalité"]
    said = "".join(piece.text for piece in shown)
    assert len(said) <= EXCERPT + 6
    assert said.startswith("… avant")
    assert said.endswith("après …")
    assert excerpt("court", ["rien"]) == [Piece("court")]
