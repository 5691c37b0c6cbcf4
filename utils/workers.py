"""A sweep on many workers: `sweep_on` cuts a grid into blocks and lets dask.distributed train them.

The workers may be processes of this machine (`workers_here`) or of a cluster: all that changes is
the client. A worker needs this package, and the versions that the client has. TensorFlow and
distributed are imported when they are needed, so that importing this module costs nothing.
"""

import contextlib
import functools
import itertools
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

if TYPE_CHECKING:
    from distributed import Client

    from utils.optimizers import Optimizer

__all__ = ["no_workers", "sweep_on", "workers_here"]

_MEMORY = 4e9  # bytes, for `no_workers`
# A cluster closes for good a worker that has no connection 15 s after it lost one. By then a killed
# one may still be starting, or be killed a second time.
_LOST = {"distributed.deploy.lost-worker-timeout": "365 days"}
_CELLS = 8  # a program trains so many at once (utils/_programs.py): smaller blocks save nothing
# Read when TensorFlow is imported: workers must not share cores.
_ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


def sweep_on(
    client: "Client",
    loss: Callable[..., Any],
    start: Any,
    optimizer: "str | Optimizer",
    *,
    over: dict[str, Iterable[Any]],
    lr: float | Callable[[int], Any] | None = None,
    steps: int,
    keep: Callable[[Any], Any],
    blocks: int | None = None,
    timeout: float = 600,
    **knobs: Any,
) -> Any:
    """Train the grid of `sweep` in the workers of a client, and gather what `keep` leaves of it.

    The grid is cut along its longest axis, and a bar says how many cells are trained. Every cell
    gets the same numbers, bit for bit, whatever the number of workers and blocks, and those that
    `sweep` gives, as long as all processors are of one kind. One exception: TensorFlow shares out
    large products among its threads, which rounds them differently. A worker has one thread; in a
    process that was started with TF_NUM_INTRAOP_THREADS=1 `sweep` gives its very numbers, and in
    others the last digits may differ for networks with thousands of numbers.

    Args:
        client: a running `distributed.Client`, for example of `workers_here`.
        loss, start, optimizer, over, lr, steps, **knobs: as in `sweep`. All of it is sent to the
            workers, with what the loss reads from outside.
        keep: `keep(run)` → an array, or a list, tuple or dict of arrays, of a `Sweep` that holds
            one block. It is called in the worker, where the whole trajectory of the weights stays,
            and must leave the axes of the grid in front: `lambda run: run.loss[..., -1]`. With
            `lambda run: run` all of it comes.
        blocks: number of blocks, at most the length of the longest axis; None: one for each
            worker, if each then has at least 8 cells, which is what a program trains at once.
        timeout: longest time, in seconds, to wait for a first worker, and for the next block.
    Returns:
        What `keep(sweep(loss, …))` returns, of NumPy's arrays.
    Raises:
        ConnectionError: the client is closed, or was lost.
        TimeoutError: no worker came, or no block was finished, within `timeout`.
        RuntimeError: a block failed, or killed its worker again and again; its cells are named.
        ValueError, TypeError: the grid cannot be cut like this, or an argument is of the wrong
            kind; other errors of the arguments are found by the workers: a RuntimeError.

    A worker that dies is replaced by Dask, and what it trained or held is trained anew.
    """
    from utils._arguments import check_over, read_grid

    _check_client(client)
    check_over("sweep_on", over)
    axes = read_grid("sweep_on", over, ()).axes
    with _gone(client):
        _check_workers(client, timeout)
        cuts = _cuts(axes, blocks, len(client.nthreads()))
        work = (loss, start, optimizer, lr, steps, keep, knobs, _count(axes))
        done = _done(client, _packed(work), cuts, timeout)
    axis = [*axes].index(_longest(axes))
    return _joined([done[i] for i in range(len(cuts))], axis)


@contextlib.contextmanager
def workers_here(count: int, *, port: int = 0, timeout: float = 60) -> Iterator["Client"]:
    """Start workers on this machine, each a process with one thread, and stop them at the end.

    Args:
        count: number of workers, >= 1. Each takes some seconds to start and about 0.7 GB.
        port: of the scheduler, on this machine's own address 127.0.0.1; 0: any that is free.
        timeout: longest time, in seconds, to wait for the workers.
    Returns:
        A context manager that gives a `distributed.Client`.
    Raises:
        ImportError: there is no distributed.
        OSError: another program has the port.
        ValueError: count is less than 1.
    """
    if count < 1:
        raise ValueError(
            f"workers_here() needs count >= 1, got count={count}. Write workers_here(2)."
        )
    distributed = _distributed("workers_here")
    if port:
        _check_port(port)
    import dask

    cluster = distributed.LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        scheduler_port=port,
        dashboard_address=":0",  # not Dask's own 8787, which another cluster may have
        memory_limit=0,  # none: the machine's own is left to the reader
        env=_ONE_THREAD,
        silence_logs="CRITICAL",  # a worker that dies is replaced, and no news
    )
    with (
        dask.config.set(_LOST),
        cluster,
        distributed.Client(cluster, timeout=timeout) as client,
    ):
        client.wait_for_workers(count, timeout)
        yield client


def no_workers() -> str:
    """Say in one sentence why this machine should have no workers, or return "".

    Two of them, their scheduler and a notebook take 3 GB; a container's limit counts.
    """
    try:
        from distributed.system import MEMORY_LIMIT
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        return f"There are no workers here: this Python lacks the package {package}."
    if MEMORY_LIMIT < _MEMORY:
        return f"There are no workers here: {MEMORY_LIMIT / 1e9:.1f} GB of memory are too few."
    return ""


def _distributed(caller):
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{caller}() needs the package distributed, and this Python lacks {error.name}. "
            'Install it with: pip install "distributed>=2026.1"'
        ) from None
    return distributed


def _check_port(port):
    with socket.socket() as probe:
        # As the scheduler does: a port that was closed a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise OSError(
                error.errno,
                f"workers_here() needs a free port, got port={port}, which another program has. "
                "Choose another one, or leave it out: then any free one is taken",
            ) from None


def _check_client(client):
    Client = _distributed("sweep_on").Client
    if not isinstance(client, Client) or client.asynchronous:
        kind = "an asynchronous one" if isinstance(client, Client) else f"{client!r:.80}"
        raise TypeError(
            f"sweep_on() needs a client of dask.distributed, got {kind}. Write "
            "with workers_here(2) as client: … or client = distributed.Client(address)."
        )
    if client.status != "running":
        raise ConnectionError(
            f"sweep_on() needs a client that is connected, got one that is {client.status}. "
            "Make a new one: distributed.Client(address), or with workers_here(2) as client: …"
        )


@contextlib.contextmanager
def _gone(client):
    """Say so where an error only means that the client or its scheduler has gone."""
    try:
        yield
    except Exception as error:
        if client.status == "running":
            raise
        raise ConnectionError(
            f"sweep_on() needs its client until the end, got one that is {client.status}: it was "
            "closed, or its scheduler has gone. Make a new client and sweep again."
        ) from error


def _check_workers(client, timeout):
    try:
        client.wait_for_workers(1, timeout)
    except TimeoutError:
        raise TimeoutError(
            f"sweep_on() needs at least one worker, got none within timeout={timeout:g} s. "
            f"Start one: dask worker {client.scheduler.address} --nthreads 1"
        ) from None


def _longest(over):
    return max(over, key=lambda name: len(over[name]))


def _count(over):
    return int(np.prod([len(values) for values in over.values()]))


def _cuts(over, blocks, workers):
    """Return `over` for each block."""
    name = _longest(over)
    values = over[name]
    if blocks is None:
        blocks = min(workers, len(values), -(-_count(over) // _CELLS))
    if isinstance(blocks, bool) or not isinstance(blocks, int) or not 1 <= blocks <= len(values):
        raise ValueError(
            f"sweep_on() needs 1 <= blocks <= {len(values)}, for the grid is cut along {name}, got "
            f"blocks={blocks!r}. Leave it out, or give {name} more values."
        )
    ends = [len(values) * i // blocks for i in range(blocks + 1)]
    return [over | {name: values[a:b]} for a, b in itertools.pairwise(ends)]


def _packed(work):
    import cloudpickle

    try:
        return cloudpickle.dumps(work)
    except Exception as error:
        raise TypeError(
            "sweep_on() sends the loss, keep and the settings to the workers, with all that they "
            f"read, got something that cannot be sent: {error}. Leave open files, generators, "
            "locks and clients out of them."
        ) from error


def _done(client, packed, cuts, timeout):
    """Return number of a block → what is kept of it."""
    from distributed import wait

    # The work itself is a task, and not scattered: what is lost with a worker can be had again.
    work = client.submit(bytes, packed, pure=False)
    futures = [client.submit(_trained, work, cut, pure=False) for cut in cuts]
    numbers = {future.key: i for i, future in enumerate(futures)}
    cells, done, waiting = [_count(cut) for cut in cuts], {}, set(futures)
    try:
        with tqdm(total=sum(cells), unit="training", file=sys.stdout) as bar:
            while waiting:
                try:
                    ready, waiting = wait(waiting, timeout, "FIRST_COMPLETED")
                except TimeoutError:
                    raise TimeoutError(_late(client, len(waiting), timeout)) from None
                for future in ready:
                    number = numbers[future.key]
                    done[number] = _result(future, cuts[number], timeout)
                    bar.update(cells[number])
    finally:
        for future in [work, *futures]:
            future.release()
    return done


def _late(client, waiting, timeout):
    workers = len(client.nthreads())
    return (
        f"sweep_on() needs its next block within timeout={timeout:g} s, got none: {waiting} are "
        f"not finished, and {workers} workers are there. Cut the grid into more blocks, or wait "
        "longer: timeout=3600."
    )


def _result(future, cut, timeout):
    """Return what is kept of a block; name its cells if it failed."""
    from distributed.scheduler import KilledWorker

    if future.status != "error":
        return future.result(timeout)
    error, cells = future.exception(timeout), _named(cut)
    if isinstance(error, KilledWorker):
        raise RuntimeError(
            f"sweep_on() needs workers that survive their block, got one that killed "
            f"{error.allowed_failures + 1} of them: {cells}. Mostly they lack memory: cut the grid "
            "into more blocks, or take fewer steps."
        ) from error
    raise RuntimeError(
        f"sweep_on() needs blocks that can be trained, got {type(error).__name__} in the worker "
        f"that trained {cells}: {error}\nTry it here: sweep(…, over={{…}}) with these values."
    ) from error


def _named(cut):
    """Return the values of a block in words, floats with the digits that count."""

    def value(x):
        return f"{x:g}" if isinstance(x, (float, np.floating)) else f"{x!r:.40}"

    return ", ".join(
        f"{name}={value(values[0])}" + f" … {value(values[-1])}" * (len(values) > 1)
        for name, values in cut.items()
    )


# -- In a worker --------------------------------------------------------------------------------

_training = threading.Lock()  # a worker may have several threads, but compiles in one


def _trained(packed, over):
    """Train one block and return what is kept of it, as NumPy's arrays."""
    for name, value in _ONE_THREAD.items():
        os.environ.setdefault(name, value)
    from utils import training

    with _training:
        loss, start, optimizer, lr, steps, keep, knobs, whole = _unpacked(packed)
        run = training._train("sweep", loss, start, optimizer, lr, steps, knobs, over, whole=whole)
    return _checked(keep(run), tuple(len(values) for values in over.values()))


@functools.lru_cache(maxsize=4)
def _unpacked(packed):
    """Return the work, the same objects for each block of it.

    A loss that is unpickled anew is another function, whose program goes when it does.
    """
    import cloudpickle

    return cloudpickle.loads(packed)


def _checked(kept, shape):
    from utils._tf import tf
    from utils.training import Sweep

    def array(leaf):
        if isinstance(leaf, Sweep):
            return leaf
        found = np.asarray(leaf)
        if found.shape[: len(shape)] != shape:
            raise ValueError(
                f"sweep_on() needs a keep that leaves the axes of the grid in front, here {shape}, "
                f"got an array of shape {found.shape}. Write run.loss[..., -1], or axis=-1."
            )
        return found

    return tf.nest.map_structure(array, kept)


def _joined(parts, axis):
    """Join what was kept of the blocks along an axis of the grid."""
    from utils._tf import tf
    from utils.training import Sweep

    def joined(*leaves):
        if not isinstance(leaves[0], Sweep):
            return np.concatenate(leaves, axis)
        return Sweep(**_joined([vars(leaf) for leaf in leaves], axis))

    return tf.nest.map_structure(joined, *parts)
