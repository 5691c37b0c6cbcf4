"""Fixtures that several test files share."""

import colab
import pytest


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """Return a git repository that holds the course's `utils`."""
    folder = tmp_path_factory.mktemp("published")
    colab.publish(folder)
    return folder
