"""`sweep_on` against `sweep`: every number the same, whatever the workers do meanwhile.

Two processes as workers are started once; what needs none of its own has a worker within this one.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from messages import says

from utils._tf import tf
from utils.training import Sweep, sweep
from utils.workers import no_workers, sweep_on, workers_here

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")

ROOT = Path(__file__).resolve().parents[2]
X = np.random.default_rng(1).normal(size=(16, 3)).astype("f")
RATES = np.geomspace(0.003, 0.3, 13)
# Written as in a notebook, whose functions travel as a whole, and are new ones wherever they come.
NOTEBOOK = """
def net(w, *, slope=0.1):
    hidden = X @ w[0]
    logits = tf.maximum(hidden, slope * hidden) @ w[1]
    classes = tf.range(16) % 3
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits))
"""
START = [np.random.default_rng(2).normal(size=shape).astype("f") for shape in [(3, 5), (5, 3)]]
CALL = {"over": {"lr": RATES}, "steps": 10}
KNOBS = {"bowl": {}, "net": {"slope": 0.2}}
HANGS = 600  # seconds: no measure of speed; what hangs must end


def notebook():
    namespace = {"__name__": "__main__", "tf": tf, "X": X}
    exec(NOTEBOOK, namespace)
    return namespace["net"]


net = notebook()


def bowl(w):
    return (w + 1) ** 2


def last(run):
    return {"loss": run.loss[..., -1], "w": [leaf[..., -1, :, :] for leaf in run.w]}


def equal(found, wanted):
    found, wanted = tf.nest.flatten(found), tf.nest.flatten(wanted)
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other, strict=True)


@pytest.fixture(scope="module")
def processes():
    """Two workers, each a process; when they are stopped, none is left.

    Dask's port for its web page may be taken: nobody is told. And a cluster that soon gives up a
    worker without a connection must leave a killed one the time to start again.
    """
    soon = {"distributed.deploy.lost-worker-timeout": "1ms"}
    with socket.socket() as page, warnings.catch_warnings(), contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # it is taken already
            page.bind(("", 8787))
        warnings.simplefilter("error")
        stack.enter_context(dask.config.set(soon))
        client = stack.enter_context(workers_here(2))
        pids = set(client.run(os.getpid).values())
        yield client
        pids |= set(client.run(os.getpid).values())
    assert [pid for pid in pids if psutil.pid_exists(pid)] == []


@pytest.fixture(scope="module")
def thread():
    """One worker, a thread of this process."""
    with cluster_of_threads(1) as cluster, distributed.Client(cluster) as client:
        yield client


def cluster_of_threads(count):
    return distributed.LocalCluster(
        n_workers=count, threads_per_worker=1, processes=False, dashboard_address=":0"
    )


# -- Equal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("blocks", [None, 1, 2, 5, 13])
@pytest.mark.parametrize("workers", ["thread", "processes"])
def test_the_numbers_are_those_of_one_sweep(workers, blocks, optimizer, request):
    client = request.getfixturevalue(workers)
    wanted = last(sweep(net, START, optimizer, **CALL))
    equal(sweep_on(client, net, START, optimizer, **CALL, keep=last, blocks=blocks), wanted)


def test_the_longest_axis_is_cut_and_starts_and_settings_are_swept_too(thread):
    over = {"slope": [0.0, 0.3], "start": [START, [2 * leaf for leaf in START], START]}
    arguments = net, None, "momentum"
    wanted = sweep(*arguments, over=over, lr=0.1, steps=3, beta=0.5)
    found = sweep_on(
        thread, *arguments, over=over, lr=0.1, steps=3, beta=0.5, keep=lambda run: run, blocks=3
    )
    assert isinstance(found, Sweep)
    equal(found.w, wanted.w)
    equal([found.loss, found.lr, found.diverged_at], [wanted.loss, wanted.lr, wanted.diverged_at])


def test_what_diverges_is_a_result(thread):
    found = sweep_on(
        thread,
        bowl,
        5.0,
        "sgd",
        over={"lr": [0.1, 1e30]},
        steps=9,
        blocks=2,
        keep=lambda run: run.diverged_at,
    )
    assert found.tolist() == [
        -1,
        sweep(bowl, 5.0, "sgd", over={"lr": [1e30]}, steps=9).diverged_at[0],
    ]


def test_a_worker_compiles_a_loss_of_a_notebook_once(processes):
    def traces():
        from utils import training

        return training.traces()

    loss = notebook()  # not yet known to any
    call = {**CALL, "steps": 3, "over": {"slope": RATES}, "lr": 0.1, "keep": last}
    before = processes.run(traces)
    for blocks in (13, 2, 13):
        sweep_on(processes, loss, START, "sgd", **call, blocks=blocks)
    after = processes.run(traces)
    assert {after[worker] - before.get(worker, 0) for worker in after} == {1}


def test_two_sweeps_at_once_do_not_meet(processes):
    def trained(optimizer):
        return sweep_on(processes, net, START, optimizer, **CALL, keep=last, blocks=4)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(trained, ["sgd", "adam"]))
    for one, optimizer in zip(found, ["sgd", "adam"], strict=True):
        equal(one, last(sweep(net, START, optimizer, **CALL)))


def test_a_worker_has_one_thread_of_tensorflow(monkeypatch):
    names = ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"]
    for name in names:
        monkeypatch.delenv(name, raising=False)
    with workers_here(1) as client:
        # Before any sweep: a reader may import TensorFlow there first, which reads them.
        found = client.run(lambda: [os.environ.get(name) for name in names])
    assert list(found.values()) == [["1", "1"]]


# -- What fails ----------------------------------------------------------------------------------


def test_what_a_killed_worker_had_is_trained_anew(processes, tmp_path):
    grave, workers = tmp_path / "grave", set(processes.run(os.getpid).values())

    def keep(run):
        if not grave.exists():
            grave.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
        return run.loss[..., -1]

    found = sweep_on(processes, net, START, "adam", **CALL, keep=keep, blocks=4)
    equal(found, sweep(net, START, "adam", **CALL).loss[..., -1])
    assert int(grave.read_text()) in workers
    processes.wait_for_workers(2, timeout=HANGS)


def test_a_block_that_kills_its_workers_is_named(processes, monkeypatch):
    monkeypatch.setattr(processes.cluster.scheduler, "allowed_failures", 0)

    def keep(run):
        if run.lr[0, 0] > 0.29:
            os.kill(os.getpid(), signal.SIGKILL)
        return run.loss

    with pytest.raises(RuntimeError) as caught:
        sweep_on(processes, net, START, "sgd", **CALL, keep=keep, blocks=13)
    says(caught.value, "sweep_on()", "killed 1", "lr=0.3", way_out="more blocks")
    processes.wait_for_workers(2, timeout=HANGS)


def test_a_block_that_fails_is_named_with_its_reason(thread):
    def keep(run):
        assert run.lr[0, 0] < 0.29, "too fast"
        return run.loss

    with pytest.raises(RuntimeError) as caught:
        sweep_on(thread, net, START, "sgd", **CALL, keep=keep, blocks=13)
    says(caught.value, "sweep_on()", "AssertionError", "lr=0.3", "too fast", way_out="try it here")


def test_a_wrong_setting_is_named_by_the_worker(thread):
    with pytest.raises(RuntimeError) as caught:
        sweep_on(thread, net, START, "sgd", over={"lr": [0.1, -1.0]}, steps=1, keep=last, blocks=2)
    says(caught.value, "sweep_on()", "ValueError", "lr=-1.0", way_out="lr=0.01")


def test_a_client_that_is_closed(thread):
    with cluster_of_threads(1) as cluster:
        client = distributed.Client(cluster)
        client.close()
        with pytest.raises(ConnectionError) as caught:
            sweep_on(client, net, START, "sgd", **CALL, keep=last)
    says(caught.value, "sweep_on()", "closed", way_out="distributed.Client(")


HERE = SimpleNamespace(client=None, go=threading.Event())  # for what runs in a thread of this one


def close_client(run):
    HERE.client.close()
    return run.loss


def wait_to_go(run):
    assert HERE.go.wait(60)
    return run.loss


def test_a_client_that_is_closed_in_mid_sweep():
    with (
        cluster_of_threads(1) as cluster,
        distributed.Client(cluster) as HERE.client,
        pytest.raises(ConnectionError) as caught,
    ):
        sweep_on(HERE.client, net, START, "sgd", **CALL, keep=close_client)
    says(caught.value, "sweep_on()", "closed", way_out="sweep again")


def test_no_worker_comes():
    with (
        cluster_of_threads(0) as cluster,
        distributed.Client(cluster) as client,
        pytest.raises(TimeoutError) as caught,
    ):
        sweep_on(client, net, START, "sgd", **CALL, keep=last, timeout=0.1)
    says(caught.value, "sweep_on()", "none", "timeout=0.1", way_out="dask worker")


def test_no_block_is_finished_in_time(thread):
    HERE.go.clear()
    with pytest.raises(TimeoutError) as caught:
        sweep_on(thread, net, START, "sgd", **CALL, keep=wait_to_go, timeout=0.1)
    HERE.go.set()
    says(caught.value, "sweep_on()", "timeout=0.1", "1 workers", way_out="timeout=3600")


@pytest.mark.parametrize(
    ("over", "error", "got"),
    [({}, TypeError, "over={}"), ({"lr": 0.1}, TypeError, "0.1"), ({"lr": []}, ValueError, "[]")],
)
def test_a_grid_without_values(thread, over, error, got):
    with pytest.raises(error) as caught:
        sweep_on(thread, net, START, "sgd", over=over, steps=1, keep=last)
    says(caught.value, "sweep_on()", got, way_out="one value" if over else "over=")


@pytest.mark.parametrize("blocks", [0, 14, 2.0, True])
def test_blocks_that_do_not_fit_the_grid(thread, blocks):
    with pytest.raises(ValueError, match="blocks") as caught:
        sweep_on(thread, net, START, "sgd", **CALL, keep=last, blocks=blocks)
    says(caught.value, "sweep_on()", "blocks <= 13", f"blocks={blocks}", way_out="leave it out")


def test_what_is_kept_must_have_the_axes_of_the_grid(thread):
    with pytest.raises(RuntimeError) as caught:
        sweep_on(thread, net, START, "sgd", **CALL, keep=lambda run: run.loss.mean())
    says(caught.value, "sweep_on()", "keep", "(13,)", "()", way_out="run.loss[..., -1]")


def test_what_cannot_be_sent(thread):
    lock = threading.Lock()
    with pytest.raises(TypeError) as caught:
        sweep_on(thread, net, START, "sgd", **CALL, keep=lambda run: (lock, run.loss))
    says(caught.value, "sweep_on()", "_thread.lock", way_out="leave")


@pytest.mark.parametrize("client", [None, "tcp://127.0.0.1:8786"])
def test_what_is_no_client(client):
    with pytest.raises(TypeError) as caught:
        sweep_on(client, net, START, "sgd", **CALL, keep=last)
    says(caught.value, "sweep_on()", repr(client), way_out="workers_here(2)")


def test_a_port_that_is_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="port") as caught, workers_here(1, port=port):
            pass
    says(caught.value, "workers_here()", f"port={port}", way_out="leave it out")


def test_no_workers_at_all():
    with pytest.raises(ValueError, match="count") as caught, workers_here(0):
        pass
    says(caught.value, "workers_here()", "count=0", way_out="workers_here(2)")


def test_a_python_without_distributed(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError) as caught, workers_here(1):
        pass
    says(caught.value, "workers_here()", "distributed", way_out="pip install")


def test_why_there_are_no_workers(monkeypatch):
    monkeypatch.setattr(distributed.system, "MEMORY_LIMIT", 8e9)
    assert no_workers() == ""
    monkeypatch.setattr(distributed.system, "MEMORY_LIMIT", 2e9)
    says(no_workers(), "2.0 GB", "memory")
    for name in ("distributed", "distributed.system"):
        monkeypatch.setitem(sys.modules, name, None)
    says(no_workers(), "package distributed")


def test_the_module_alone_loads_neither_tensorflow_nor_distributed():
    code = "import sys, utils.workers; print({'tensorflow', 'distributed'} & {*sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


# -- As on a second machine ----------------------------------------------------------------------


def test_a_scheduler_and_workers_of_their_own_are_found_by_address(tmp_path):
    file = tmp_path / "scheduler.json"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = ["worker", "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path)]
    commands = [scheduler, worker, worker]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *command, "--scheduler-file", str(file)],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        while not file.exists():
            assert started[0].poll() is None
            time.sleep(0.1)
        # The file is there before all of it is written: this waits, as the workers do.
        address = distributed.utils.json_load_robust(str(file))["address"]
        assert address.startswith("tcp://127.0.0.1:")
        with distributed.Client(address, timeout=HANGS) as client:
            client.wait_for_workers(2, timeout=HANGS)
            family = [one for p in started for one in psutil.Process(p.pid).children(True)]
            # A function of this file would be looked for in it, which those processes do not have.
            keep = lambda run: run.loss[..., -1]  # noqa: E731
            found = sweep_on(client, net, START, "adam", **CALL, keep=keep, blocks=2)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(HANGS)
    equal(found, sweep(net, START, "adam", **CALL).loss[..., -1])
    assert psutil.wait_procs(family, timeout=HANGS)[1] == []
