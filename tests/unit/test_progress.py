"""The bar: where it shows, how often, and what it says."""

import io
import sys
from types import ModuleType, SimpleNamespace

import pytest

from amenable import progress
from amenable.progress import clock, describe_progress, show_progress


class Screen(io.StringIO):
    def __init__(self, is_terminal):
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self):
        return self.is_terminal


@pytest.fixture
def at_once(monkeypatch):
    """Bars show from the first moment, and every time."""
    for name in ("PATIENCE_S", "UPDATE_S", "LOG_S"):
        monkeypatch.setattr(progress, name, 0.0)
    monkeypatch.setenv("TERM", "xterm")


def written(monkeypatch, wanted, is_terminal):
    monkeypatch.setattr(sys, "stderr", Screen(is_terminal))
    with show_progress(wanted) as tell:
        for n in (1, 2, 4):
            if tell is not None:
                tell(n, 4)
    return sys.stderr.getvalue()


@pytest.mark.parametrize(
    ("is_terminal", "wanted", "is_shown"),
    [
        (True, None, True),
        (True, True, True),
        (True, False, False),
        (False, None, False),
        (False, True, True),
        (False, False, False),
    ],
)
def test_where_it_shows(monkeypatch, at_once, is_terminal, wanted, is_shown):
    assert ("of 4 networks" in written(monkeypatch, wanted, is_terminal)) == is_shown


def test_a_log_has_plain_lines(monkeypatch, at_once):
    text = written(monkeypatch, True, is_terminal=False)
    assert [line.partition(",")[0] for line in text.splitlines()] == [
        f"{n} of 4 networks" for n in (1, 2, 4)
    ]
    assert "\x1b" not in text


def test_what_is_over_soon_shows_nothing(monkeypatch):
    assert written(monkeypatch, True, is_terminal=False) == ""
    assert written(monkeypatch, None, is_terminal=True) == ""


def test_it_is_drawn_no_more_than_four_times_a_second(monkeypatch):
    seconds = iter([0.0, *(1.0 + 0.01 * n for n in range(200))])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(seconds))
    drawn = []
    display = SimpleNamespace(show=lambda *it: drawn.append(it), close=lambda: None)
    bar = progress.Bar(lambda: display, progress.UPDATE_S)
    for n in range(200):
        bar(n, 1000)
    assert len(drawn) == 8  # in two seconds


def test_a_notebook_has_a_bar_without_widgets(monkeypatch, at_once):
    shown = []
    handle = SimpleNamespace(update=lambda it: shown.append(it))
    kernel = ModuleType("IPython")
    kernel.get_ipython = lambda: SimpleNamespace(kernel=object())
    pictures = ModuleType("IPython.display")
    pictures.HTML = str
    pictures.display = lambda it, display_id: handle
    monkeypatch.setitem(sys.modules, "IPython", kernel)
    monkeypatch.setitem(sys.modules, "IPython.display", pictures)
    assert written(monkeypatch, None, is_terminal=False) == ""
    assert '<progress value="2" max="4"' in shown[1]
    assert shown[-1] == ""  # taken away at the end


def test_an_interpreter_without_a_kernel_is_no_notebook(monkeypatch, at_once):
    plain = ModuleType("IPython")
    plain.get_ipython = lambda: None
    monkeypatch.setitem(sys.modules, "IPython", plain)
    assert written(monkeypatch, None, is_terminal=False) == ""


def test_without_stderr_nothing_is_said(monkeypatch, at_once):
    monkeypatch.setattr(sys, "stderr", None)
    with show_progress(True) as tell:
        assert tell is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0:00"), (7, "0:07"), (59.6, "1:00"), (61, "1:01"), (3727, "1:02:07")],
)
def test_times_are_shown_as_on_a_clock(seconds, text):
    assert clock(seconds) == text


def test_nothing_is_promised_before_anything_is_finished():
    assert describe_progress(0, 1_000, 3.0) == "0 of 1,000 networks"
