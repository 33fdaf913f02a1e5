"""What a database constraint says, asked of many records without asking the database for each."""

import operator
import re
from collections.abc import Callable
from functools import reduce
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Q

#: True, False, or None where SQL would say NULL: a constraint refuses False alone.
Truth = bool | None
#: What says whether a record meets a condition.
Test = Callable[[Any], Truth]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, allowed: value in allowed,
    "regex": lambda value, pattern: re.search(pattern, value) is not None,
}


class NotUnderstood(ValueError):
    """The condition uses something that only the database can answer."""


def holds(condition: Q, record: models.Model) -> Truth:
    """Whether a record meets a condition, by the three-valued logic of SQL and as Django writes it there.

    Raises:
        NotUnderstood: for a relation that is followed, an unknown look-up or an expression.
    """
    return test_of(condition, type(record))(record)


def test_of(condition: Q, model: type[models.Model]) -> Test:
    """The condition as a function of a record of the model, for whoever asks it of many; see :func:`holds`.

    Raises:
        NotUnderstood: as :func:`holds`.
    """
    return _node(condition, model, is_negated=False)


def _node(condition: Q, model: type[models.Model], *, is_negated: bool) -> Test:
    is_negated ^= condition.negated
    tests = [
        _node(child, model, is_negated=is_negated)
        if isinstance(child, Q)
        else _leaf(child, model, is_negated=is_negated)
        for child in condition.children
    ]
    test = tests[0] if len(tests) == 1 else _joined(condition.connector, tests)
    return _not(test) if condition.negated else test


def _joined(connector: str, tests: list[Test]) -> Test:
    if connector == Q.XOR:

        def differ(record: Any) -> Truth:
            truths = [test(record) for test in tests]
            return None if None in truths else reduce(operator.xor, map(bool, truths), False)

        return differ
    decisive = connector == Q.OR

    def join(record: Any) -> Truth:
        truth: Truth = not decisive
        for test in tests:
            found = test(record)
            if found is decisive:
                return decisive
            if found is None:
                truth = None
        return truth

    return join


def _not(test: Test) -> Test:
    def opposite(record: Any) -> Truth:
        truth = test(record)
        return None if truth is None else not truth

    return opposite


def _leaf(child: Any, model: type[models.Model], *, is_negated: bool) -> Test:
    if not isinstance(child, tuple):
        raise NotUnderstood(str(child))
    path, wanted = child
    column, _, lookup = path.partition("__")
    lookup = lookup or "exact"
    name = _attribute(model, column)
    if lookup == "isnull":
        return lambda record: (getattr(record, name) is None) == wanted
    if lookup not in COMPARISONS:
        raise NotUnderstood(path)
    compare = COMPARISONS[lookup]
    # Under a NOT, Django adds "and it is not null", so that nothing is unknown there.
    unknown: Truth = False if is_negated else None
    if isinstance(wanted, F):
        return _beside(name, _attribute(model, wanted.name), compare, unknown)  # type: ignore[attr-defined]
    if isinstance(wanted, models.Model):
        wanted = wanted.pk
    elif hasattr(wanted, "resolve_expression"):
        raise NotUnderstood(str(wanted))

    def test(record: Any) -> Truth:
        value = getattr(record, name)
        return unknown if value is None else compare(value, wanted)

    return test


def _beside(name: str, other: str, compare: Callable[[Any, Any], bool], unknown: Truth) -> Test:
    """One column of a record compared with another one."""

    def test(record: Any) -> Truth:
        value, wanted = getattr(record, name), getattr(record, other)
        if wanted is None:
            return None
        return unknown if value is None else compare(value, wanted)

    return test


def _attribute(model: type[models.Model], name: str) -> str:
    """The attribute that holds what the column of this name does."""
    try:
        field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise NotUnderstood(name) from error
    if getattr(field, "generated", False) or not getattr(field, "concrete", False):
        raise NotUnderstood(name)
    return str(field.attname)
