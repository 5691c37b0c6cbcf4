"""`says` finds what is missing in a message, and nothing wrong with other words."""

import pytest
from messages import says


@pytest.mark.parametrize(
    "text",
    [
        "descend() needs lr > 0, got lr=0. Start with lr=0.01.",
        "lr > 0 is what descend() asks for, this is lr=0; try LR=0.01 first",
    ],
)
def test_words_are_free(text):
    says(ValueError(text), "descend()", "lr > 0", "lr=0", way_out="lr=0.01")


@pytest.mark.parametrize(
    "text",
    [
        "It needs lr > 0, got lr=0. Start with lr=0.01.",
        "descend() got lr=0. Start with lr=0.01.",
        "descend() needs lr > 0. Start with lr=0.01.",
        "descend() needs lr > 0, got lr=0.5. Start with lr=0.01.",
        "descend() needs lr > 0, got lr=0.",
        "descend(), such as lr=0.01, needs lr > 0, got lr=0.",
    ],
)
def test_a_missing_part_is_found(text):
    with pytest.raises(AssertionError):
        says(ValueError(text), "descend()", "lr > 0", "lr=0", way_out="lr=0.01")
