"""Joining a Ray cluster, or starting one on this machine that only this machine can reach.

Here is all that needs to be known of Ray's habits: what it prints, where it listens, what it leaves
behind, how its errors read.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from amenable.description import quote
from amenable.engine import available_cores
from amenable.errors import ClusterError, DescriptionError, MissingExtra

CLIENT_PORT = 10001  # Ray's own default
ANSWER_S = 10.0  # how long a machine may take to answer at all
HOST = r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])"
ADDRESS = re.compile(rf"(?P<client>ray://)?(?P<host>{HOST})(?::(?P<port>\d{{1,5}}))?")
EXPECTED = '"ray://HOST:PORT", or "HOST:PORT" of a cluster that this machine has joined'

# Enough for the data, and results on their way. Ray refuses less than 75 MB, takes a third of all
# memory if nothing is said, and writes to disk what does not fit.
STORE_BYTES = 128 * 2**20
STORE_PER_DATA = 2

# Set while a cluster is started here. The second makes Ray take 127.0.0.1 for this machine's
# address, as it does on macOS, so that its processes listen there and not on every interface.
ENVIRONMENT = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
LOOPBACK = ("127.", "::1", "localhost")
TOKEN = (".ray", "auth_token")  # in the home folder, if the user has made one
QUIET: dict[str, Any] = {"logging_level": logging.CRITICAL, "log_to_driver": False}


def check_address(address: str | None) -> str | None:
    """The address in full, or the error that says what one looks like."""
    if address is None:
        _need("ray")
        return None
    match = ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if match is None or not (match["client"] or match["port"]):
        raise DescriptionError(
            f"address of a Ray cluster: expected {EXPECTED}, got {quote(address)}"
        )
    port = int(match["port"] or CLIENT_PORT)
    if not 1 <= port <= 65535:
        raise DescriptionError(
            f"address of a Ray cluster: expected a port from 1 to 65535, got {quote(address)}"
        )
    _need("ray")
    if match["client"]:
        _need("grpc")  # of ray[client]
    return f"{match['client'] or ''}{match['host']}:{port}"


def _need(module: str) -> None:
    if find_spec(module) is None:
        raise MissingExtra(
            "Ray, which trains on more machines, is not installed: pip install 'amenable[ray]'"
        )


class Connection:
    """This process as a driver of a cluster; `close` leaves everything as it was found.

    Parameters
    ----------
    address : str or None
        As `check_address` gives it. None: the cluster that this process is connected to already,
        the one that was started here by `ray start`, or a new one.
    data_bytes : int
        Size of the data; a new cluster makes room for it.

    Raises
    ------
    ClusterError
        If the cluster cannot be reached or started.
    """

    def __init__(self, address: str | None, data_bytes: int) -> None:
        self.is_ours = False
        self._undo = ExitStack()
        self._undo.enter_context(_quiet_log())
        import ray

        self.ray: Any = ray
        if ray.is_initialized():
            if address is None:
                return
            self.close()
            raise ClusterError(
                f"Ray at {address}: this process is in a cluster already; to train there write "
                '"ray", else call ray.shutdown() before'
            )
        self.is_ours = address is None and not _started_by_hand()
        try:
            self._undo.enter_context(_quiet_nodes(ray))
            self._undo.enter_context(_own_sigterm())
            if self.is_ours:
                self._start(data_bytes)
            else:
                _check_answers(address or _started_by_hand())
                self._undo.callback(ray.shutdown)
                ray.init(address=address, **QUIET)
        except BaseException as error:
            self.close()
            if not isinstance(error, Exception):
                raise
            raise ClusterError(_cannot(address, error)) from error

    def _start(self, data_bytes: int) -> None:
        folder = self._undo.enter_context(_folder())
        self._undo.callback(self.ray.shutdown)  # before the folder goes; also after half a start
        with _environment({**ENVIRONMENT, **_token()}), _loopback():
            self.ray.init(
                address="local",
                num_cpus=available_cores(),
                object_store_memory=max(STORE_BYTES, STORE_PER_DATA * data_bytes),
                include_dashboard=False,
                _temp_dir=folder,
                **QUIET,
            )
        addresses = [node["NodeManagerAddress"] for node in self.nodes()]
        if not all(it.startswith(LOOPBACK) for it in addresses):
            raise RuntimeError(
                f"Ray {self.ray.__version__} listens beyond this machine, at {addresses[0]}; "
                "to allow that, start it yourself: ray start --head"
            )

    def nodes(self) -> list[dict[str, Any]]:
        """The nodes that are alive, as Ray describes them."""
        return [node for node in self.ray.nodes() if node["Alive"]]

    def cores(self) -> list[int]:
        """Cores of each node that is alive; 0 for one that does not train."""
        return [int(node["Resources"].get("CPU", 0)) for node in self.nodes()]

    def close(self) -> None:
        """Leave the cluster, or end it if it was started here."""
        self._undo.close()


def _started_by_hand() -> str:
    """The cluster to join, or "": a variable names it, or `ray start` left word of it."""
    from ray._private.utils import read_ray_address

    named = os.environ.get("RAY_ADDRESS")
    return "" if named == "local" else named or read_ray_address() or ""


def _check_answers(address: str) -> None:
    """Whether somebody listens there: Ray itself tries for many minutes."""
    match = ADDRESS.fullmatch(address)
    if match is not None and match["port"]:
        place = (match["host"].strip("[]"), int(match["port"]))
        socket.create_connection(place, timeout=ANSWER_S).close()


def _cannot(address: str | None, error: Exception) -> str:
    """What went wrong, and what to do."""
    reason = str(error).strip().rstrip(".") or type(error).__name__
    if address is not None:
        return f"Ray at {address}: cannot connect: {reason}; is the cluster running, the port open?"
    if _started_by_hand():
        return (
            f"Ray: the cluster of this machine does not answer: {reason}; start it again with "
            "`ray start --head`, or end it with `ray stop` to have one started for the study"
        )
    return f"Ray: cannot be started on this machine: {reason}"


@contextmanager
def _quiet_log() -> Iterator[None]:
    """Ray's logger at its quietest, from before the import on."""
    log = logging.getLogger("ray")
    level = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(level)


@contextmanager
def _quiet_nodes(ray: Any) -> Iterator[None]:
    """What nodes report (a lost neighbour) off the terminal, where log_to_driver leaves it."""
    worker = ray._private.worker
    had = getattr(worker, "_worker_logs_enabled", None)
    worker._worker_logs_enabled = False
    yield
    worker._worker_logs_enabled = had


@contextmanager
def _own_sigterm() -> Iterator[None]:
    """The caller's SIGTERM handler, after Ray has put its own there."""
    is_main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGTERM)
    yield
    if is_main and handler is not None:
        signal.signal(signal.SIGTERM, handler)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (*variables, "RAY_AUTH_MODE")}  # Ray sets it
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@cache  # Ray keeps the first that it sees
def _secret() -> str:
    return secrets.token_hex(32)


def _token() -> dict[str, str]:
    """What keeps other users of this machine out: a token for this process and its children.

    Where the user has none, Ray would leave one in the home folder, and from then on demand it of
    every node of every cluster that he starts.
    """
    names = ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
    if any(name in os.environ for name in names) or Path.home().joinpath(*TOKEN).exists():
        return {}
    return {"RAY_AUTH_TOKEN": _secret()}


@contextmanager
def _loopback() -> Iterator[None]:
    """The second variable of ENVIRONMENT, where Ray was imported before it was set."""
    from ray._private import ray_constants

    had = getattr(ray_constants, "ENABLE_RAY_CLUSTER", True)
    ray_constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        ray_constants.ENABLE_RAY_CLUSTER = had


@contextmanager
def _folder() -> Iterator[str]:
    """A folder for Ray's logs and sockets, whose names may have a hundred characters at most."""
    place = os.environ.get("RAY_TMPDIR") or ("/tmp" if os.path.isdir("/tmp") else None)
    path = tempfile.mkdtemp(prefix="amenable-ray-", dir=place)
    inside = os.path.join(
        path, "r"
    )  # Ray opens its own folder to all; the one around it stays shut
    os.mkdir(inside)
    yield inside
    shutil.rmtree(path, ignore_errors=True)
