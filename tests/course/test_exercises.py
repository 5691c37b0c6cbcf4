"""Every exercise that asks for code has its answers. `make live` runs stubs, checks, solutions."""

import importlib

import pytest
from notebooks import chapters, exercises, read


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_the_answers_are_those_of_the_chapters_exercises(path):
    notebook = read(path)
    answers = importlib.import_module(f"utils.answers.chapter_{notebook.number}")
    written = {name for name in vars(answers) if name.startswith("exercise_")}
    asked = {exercise.number for exercise in exercises(notebook) if exercise.code}
    assert written == {f"exercise_{number.partition('.')[2]}" for number in asked}
    assert asked
