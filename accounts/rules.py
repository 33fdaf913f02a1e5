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
    return _node(condition, record, is_negated=False)


def _node(condition: Q, record: models.Model, *, is_negated: bool) -> Truth:
    is_negated ^= condition.negated
    truths = [
        _node(child, record, is_negated=is_negated)
        if isinstance(child, Q)
        else _leaf(child, record, is_negated=is_negated)
        for child in condition.children
    ]
    truth = _joined(condition.connector, truths)
    return _not(truth) if condition.negated else truth


def _joined(connector: str, truths: list[Truth]) -> Truth:
    if connector == Q.XOR:
        return None if None in truths else reduce(operator.xor, map(bool, truths), False)
    decisive = connector == Q.OR
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _leaf(child: Any, record: models.Model, *, is_negated: bool) -> Truth:
    if not isinstance(child, tuple):
        raise NotUnderstood(str(child))
    path, wanted = child
    column, _, lookup = path.partition("__")
    lookup = lookup or "exact"
    value = _value(record, column)
    if isinstance(wanted, F):
        wanted = _value(record, wanted.name)  # type: ignore[attr-defined]
        if wanted is None:
            return None
    elif isinstance(wanted, models.Model):
        wanted = wanted.pk
    elif hasattr(wanted, "resolve_expression"):
        raise NotUnderstood(str(wanted))
    if lookup == "isnull":
        return (value is None) == wanted
    if lookup not in COMPARISONS:
        raise NotUnderstood(path)
    if value is None:
        # Under a NOT, Django adds "and it is not null", so that nothing is unknown there.
        return False if is_negated else None
    return COMPARISONS[lookup](value, wanted)


def _value(record: models.Model, name: str) -> Any:
    try:
        field = record._meta.pk if name == "pk" else record._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise NotUnderstood(name) from error
    if getattr(field, "generated", False) or not getattr(field, "concrete", False):
        raise NotUnderstood(name)
    return getattr(record, field.attname)  # type: ignore[union-attr]
