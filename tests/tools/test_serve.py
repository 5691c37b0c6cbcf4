"""The server of the built site, called as a person calls it."""

import signal
import subprocess
import sys
from urllib.request import urlopen

from messages import says
from notebooks import ROOT


def test_a_folder_is_served_until_control_c(tmp_path):
    (tmp_path / "index.html").write_text("<p>here", encoding="utf-8")
    command = [sys.executable, "-m", "tools.serve", str(tmp_path)]
    # What a shell starts in the background, and all that this starts, ignores the signal.
    heeding = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **heeding
    ) as process:
        address = process.stdout.readline().split()[3]
        with urlopen(address, timeout=600) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=600) == 0


def test_a_folder_without_a_site_says_how_to_build_it(tmp_path):
    command = [sys.executable, "-m", "tools.serve", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    says(done.stderr, "tools.serve", str(tmp_path), way_out="make book")
    assert len(done.stderr.splitlines()) == 1
