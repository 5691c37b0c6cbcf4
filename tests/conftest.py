"""Fixtures that several test files share."""

import colab
import pytest
from tiny_book import TinyBook

# Not to be searched for doctests: by its name this would be taken for browser/conftest.py.
collect_ignore = ["conftest.py"]


def pytest_collection_modifyitems(items):
    """Begin with the books that are built, each for minutes: else one would be the last, alone."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """Return a git repository that holds the course's `utils`."""
    folder = tmp_path_factory.mktemp("published")
    colab.publish(folder)
    return folder


@pytest.fixture
def tiny(tmp_path):
    """Return a book without pages, in a folder of its own."""
    return TinyBook(tmp_path / "book")
