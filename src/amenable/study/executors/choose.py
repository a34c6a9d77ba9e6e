"""`executor_for`: from what a user writes after `--on` to an executor."""

from __future__ import annotations

from amenable.description import did_you_mean, quote
from amenable.errors import DescriptionError
from amenable.study.executors.base import Executor
from amenable.study.executors.local import LocalExecutor
from amenable.study.executors.ray_cluster import RayExecutor

HERE, RAY = "here", "ray"


def executor_for(on: Executor | str | None) -> Executor:
    """The executor that a text stands for.

    Parameters
    ----------
    on : str, Executor or None
        "here" or None: this process. "ray": the Ray cluster that `ray start` has started on this
        machine, or else one that is started here and ends with the study. "ray://HOST:PORT": a
        cluster elsewhere, at its Ray Client port (10001 if left out). "HOST:PORT": a cluster
        that this machine has joined. An executor stands for itself.

    Returns
    -------
    Executor
        Not open yet.

    Raises
    ------
    DescriptionError
        If the text is none of these.
    MissingExtra
        If it takes Ray, which is not installed.

    Examples
    --------
    >>> executor_for(None).describe()
    'this machine'
    >>> executor_for("rye")
    Traceback (most recent call last):
    amenable.errors.DescriptionError: on: expected "here", "ray", "ray://HOST:PORT" or "HOST:PORT",
        got 'rye'; did you mean 'ray'?
    """
    if isinstance(on, Executor):
        return on
    if on is None or on == HERE:
        return LocalExecutor()
    if on == RAY:
        return RayExecutor()
    if isinstance(on, str) and ":" in on:
        return RayExecutor(on)
    hint = did_you_mean(on, (HERE, RAY)) if isinstance(on, str) else ""
    raise DescriptionError(
        where="on",
        expected='"here", "ray", "ray://HOST:PORT" or "HOST:PORT"',
        got=quote(on),
        hint=hint,
    )
