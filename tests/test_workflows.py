"""The workflows are what GitHub understands, and call what the course has.

GitHub's schema comes with check-jsonschema; what it cannot know (make's targets, the Python of the
Makefile, files in this repository) is compared here.
"""

import re
import subprocess
import sys

import pytest
import yaml
from makefile import make
from notebooks import ROOT

from website.languages import languages

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.y*ml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def workflow(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs():
    """(name of the file, name of the job) → job, of all workflows."""
    return {
        (path.name, name): job for path in FILES for name, job in workflow(path)["jobs"].items()
    }


def steps():
    """(name of the file, step) of all steps of all workflows."""
    for (file, _), job in jobs().items():
        yield from ((file, step) for step in job["steps"])


def targets(job):
    """What a job calls: targets of make with their settings, those of its matrix one by one."""
    written = "\n".join(step.get("run", "") for step in job["steps"])
    calls = re.findall(r"\bmake +(\$\{\{ matrix\.target \}\}|[\w-]+)((?: +[A-Z]+=\w+)*)", written)
    matrix = job.get("strategy", {}).get("matrix", {}).get("target", [])
    return [
        target + settings
        for call, settings in calls
        for target in (matrix if call.startswith("$") else [call])
    ]


def lint(*paths):
    """The schema check: its exit status, and all it printed."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, "vendor.github-workflows", *map(str, paths)], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_there_are_all_four():
    names = ["ci.yml", "colab.yml", "translations.yml", "weekly.yml"]
    assert [path.name for path in FILES] == names


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
    existing = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    called = {target.split()[0] for job in jobs().values() for target in targets(job)}
    assert "test" in called
    assert called - existing == set()


def test_the_book_is_built_once_and_what_is_published_is_what_was_tested():
    ci = workflow(FOLDER / "ci.yml")["jobs"]
    called = {name: targets(job) for name, job in ci.items() if targets(job)}
    assert called == {"build": ["book"], "test": ["test BUILT=1"], "audit": ["audit BUILT=1"]}
    kept = [
        step for step in ci["build"]["steps"] if "upload-pages-artifact@" in step.get("uses", "")
    ]
    assert [step["with"]["path"] for step in kept] == ["_build/html"]
    for name in ("test", "audit"):
        (taken,) = [s for s in ci[name]["steps"] if "download-artifact@" in s.get("uses", "")]
        assert taken["with"] == {"name": "github-pages", "path": "_build"}
        assert ci[name]["needs"] == "build"
    assert ci["publish"]["needs"] == "test"


@pytest.mark.parametrize("setting", [(), ("BUILT=1",)])
def test_make_leaves_alone_what_has_been_built_elsewhere(setting):
    for target in ("test", "audit", "bench", "pdf", "site"):
        _, printed = make("--dry-run", "--always-make", target, *setting)
        assert "-m " in printed, printed
        assert ("-m tools.build" in printed) == (not setting), target


def test_a_branch_with_a_pull_request_runs_once():
    ci = workflow(FOLDER / "ci.yml")["jobs"]
    first = [job["if"] for job in ci.values() if "needs" not in job]
    # What needs a job that is left out is left out, too.
    assert len(first) == 2
    assert set(first) == {
        "github.event_name != 'push' || "
        "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"
    }


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
    called = [(file, step["uses"]) for file, step in steps() if "uses" in step]
    assert [one for one in called if not re.fullmatch(r"actions/[a-z-]+@v\d+", one[1])] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_workflow_may_only_read_and_never_runs_on_for_hours(path):
    loaded = workflow(path)
    assert loaded["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 120 for job in loaded["jobs"].values())


def test_only_what_publishes_may_write_and_it_runs_nothing_of_the_course():
    writing = [key for key, job in jobs().items() if "write" in str(job.get("permissions"))]
    assert writing == [("ci.yml", "publish"), ("translations.yml", "push")]
    pushed = "\n".join(step.get("run", "") for step in jobs()["translations.yml", "push"]["steps"])
    assert re.findall(r"^(?!git |tar )\S.*", pushed, re.MULTILINE) == []
    publish = jobs()["ci.yml", "publish"]
    assert all("run" not in step for step in publish["steps"])
    assert "github.event_name != 'pull_request'" in publish["if"]


def test_the_pages_in_another_language_open_the_branch_that_is_written():
    push = jobs()["translations.yml", "push"]["steps"][-1]["run"]
    folders = [one.folder.strip("/") for one in languages(ROOT)[1:]]
    assert re.findall(r"HEAD:(\S+)", push) == folders
    written = "\n".join(s.get("run", "") for s in jobs()["translations.yml", "write"]["steps"])
    assert "-m tools.translate write .\n" in written
