"""What a change wrote, and who follows it: tables that are made from records, such as that of the search.

Every write of a record passes by one of two doors, the history of one record (``accounts.models.History``) and that of
many (``accounts.actions.bulk``). Both note here what they wrote; when the change ends, and still in its transaction,
whoever follows is told. No query is asked for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models

#: Primary keys of the records that were added, altered or deleted, by kind.
Written = Mapping[type[models.Model], set[int]]
Follower = Callable[[Written], None]

_followers: list[Follower] = []
_is_told: ContextVar[bool] = ContextVar("is_told", default=True)
_written: ContextVar[dict[type[models.Model], set[int]] | None] = ContextVar("written", default=None)


def follow(follower: Follower) -> None:
    """Let a function be told, at the end of each change, what it wrote. Called once, when the app is ready."""
    if follower not in _followers:
        _followers.append(follower)


def note(model: type[models.Model], keys: Iterable[int]) -> None:
    """Records of a kind were added, altered or deleted."""
    written = _written.get()
    if written is not None:
        written[model].update(keys)


@contextmanager
def followed() -> Iterator[None]:
    """Note what is written inside the block, and tell the followers when it ends well."""
    written: dict[type[models.Model], set[int]] = defaultdict(set)
    token = _written.set(written)
    try:
        yield
    finally:
        _written.reset(token)
    if written and _is_told.get():
        for follower in _followers:
            follower(written)


@contextmanager
def unfollowed() -> Iterator[None]:
    """Tell nobody: for whoever makes what follows anew afterwards."""
    token = _is_told.set(False)
    try:
        yield
    finally:
        _is_told.reset(token)
