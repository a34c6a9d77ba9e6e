"""Tables of pages as a reader uses them: sorted by a click, filtered by words, shown whole."""

import math
import shutil
from contextlib import contextmanager

import pytest

from amenable.pages import Section, TableBlock, TableColumn, render

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Debian's chromium")


@contextmanager
def opened(path, width=1280, has_script=True):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=has_script
        )
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda it: errors.append(it.text) if it.type == "error" else None)
        page.goto(path.as_uri())
        yield page
        assert not errors  # such as a script that the page's own policy refuses
        browser.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    rates = [float(it) for it in range(40)]
    table = TableBlock(
        "Configurations",
        [
            TableColumn("structure", [f"2-{n}-1" for n in range(40)]),
            TableColumn("lr", [f"{it:g}" for it in rates[:-1]] + ["–"], [*rates[:-1], math.nan]),
            TableColumn("activation", ["tanh", "relu"] * 20),
            *(
                TableColumn(f"a rather long title {n}", ["1,234,567 [12, 34]"] * 40)
                for n in range(5)
            ),
        ],
        is_interactive=True,
    )
    file = tmp_path_factory.mktemp("page") / "page.html"
    text = render(
        "amenable.pages", "sections.html", title="T", sections=[Section("all", "All", [table])]
    )
    file.write_text(text, encoding="utf-8")
    return file


def column(page, place):
    cells = page.locator(f"tbody tr:visible td:nth-child({place})")
    return cells.all_text_contents()


def test_a_click_on_a_heading_sorts_and_the_next_turns_it(path):
    with opened(path) as page:
        page.get_by_role("button", name="lr").click()
        assert column(page, 2)[:3] == ["0", "1", "2"]
        page.get_by_role("button", name="lr").click()
        assert column(page, 2)[:3] == ["38", "37", "36"]  # what is unknown stays at the end
        page.get_by_role("button", name="structure").click()
        assert column(page, 1)[:3] == ["2-0-1", "2-1-1", "2-2-1"]  # numbers within words too


def test_words_filter_and_the_rest_can_be_shown(path):
    with opened(path) as page:
        assert len(column(page, 1)) == 30
        page.get_by_role("button", name="Show all 40 rows").click()
        assert len(column(page, 1)) == 40
        page.get_by_role("searchbox").fill("relu")
        assert set(column(page, 3)) == {"relu"}
        page.get_by_role("searchbox").fill("relu 7")
        assert column(page, 1) == ["2-7-1"]  # a number is a whole cell: not 17, 27, 37


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_cut(path, width):
    with opened(path, width) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        region = page.locator(".interactive")
        assert region.evaluate("it => it.scrollWidth <= it.clientWidth + 1")


def test_without_a_script_every_row_is_there(path):
    with opened(path, has_script=False) as page:
        assert len(column(page, 1)) == 40
