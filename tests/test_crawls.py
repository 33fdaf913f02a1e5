import pytest

from tests.crawls import asks_a_database


def test_a_test_without_a_database_is_told_from_a_long_one_which_may_ask_for_it_later(request: pytest.FixtureRequest):
    assert not asks_a_database(request.node)
    request.node.add_marker("long")
    assert asks_a_database(request.node)


def test_a_test_that_names_a_fixture_of_the_database_asks_it(request: pytest.FixtureRequest, db: None):
    assert asks_a_database(request.node)
