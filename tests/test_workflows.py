"""The workflows are what GitHub understands, and call what the course has.

GitHub's schema comes with check-jsonschema; what it cannot know (make's targets, the Python of the
Makefile, files in this repository) is compared here.
"""

import re
import subprocess
import sys

import pytest
import yaml
from notebooks import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.y*ml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def workflow(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps():
    """(name of the file, step) of all steps of all workflows."""
    for path in FILES:
        for job in workflow(path)["jobs"].values():
            yield from ((path.name, step) for step in job.get("steps", []))


def called():
    """(name of the file, what is called) for all actions and workflows called."""
    for path in FILES:
        for job in workflow(path)["jobs"].values():
            for thing in (job, *job.get("steps", [])):
                if "uses" in thing:
                    yield path.name, thing["uses"]


def lint(*paths):
    """The schema check: its exit status, and all it printed."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, "vendor.github-workflows", *map(str, paths)], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_there_are_all_four():
    assert [path.name for path in FILES] == ["ci.yml", "colab.yml", "pages.yml", "weekly.yml"]


def test_github_understands_them():
    status, printed = lint(*FILES)
    assert status == 0, printed


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("runs-on", "run-on"), ("timeout-minutes: 90", "timeout-minutes: {}"), ("cron", "chron")],
)
def test_a_flaw_is_found(tmp_path, right, wrong):
    text = (FOLDER / "weekly.yml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "weekly.yml").write_text(text.replace(right, wrong), encoding="utf-8")
    assert lint(tmp_path / "weekly.yml")[0] == 1


def test_each_target_of_make_exists():
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = [
        (name, target)
        for name, step in steps()
        for target in re.findall(r"\bmake +([\w-]+)", step.get("run", ""))
    ]
    assert ("ci.yml", "test") in named
    assert [(name, target) for name, target in named if target not in targets] == []


def test_the_makefile_s_python_is_set_up():
    python = re.search(r"^PYTHON \?= python(\S+)$", MAKEFILE, re.MULTILINE)[1]
    versions = [
        (name, step["with"]["python-version"])
        for name, step in steps()
        if step.get("uses", "").startswith("actions/setup-python@")
    ]
    assert versions
    assert {version for _, version in versions} == {python}


def test_actions_are_github_s_own_at_a_major_version():
    for name, uses in called():
        if uses.startswith("./"):
            assert (ROOT / uses).is_file(), f"{name}: {uses}"
        else:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", uses), f"{name}: {uses}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_workflow_may_only_read_and_never_runs_on_for_hours(path):
    loaded = workflow(path)
    assert loaded["permissions"] == {"contents": "read"}
    for job in loaded["jobs"].values():
        assert "uses" in job or job["timeout-minutes"] <= 120


def test_only_the_deployment_may_write_and_it_runs_nothing_of_the_course():
    jobs = {
        (path.name, name): job for path in FILES for name, job in workflow(path)["jobs"].items()
    }
    writing = {key for key, job in jobs.items() if "write" in str(job.get("permissions"))}
    assert writing == {("ci.yml", "publish"), ("pages.yml", "deploy")}
    assert all("run" not in step for step in jobs["pages.yml", "deploy"]["steps"])
    assert "pull_request" in jobs["ci.yml", "publish"]["if"]
