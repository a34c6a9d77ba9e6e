"""The documentation runs: examples in Python, and study files in TOML."""

import doctest
import re
from pathlib import Path

import pytest

from amenable.study.files import read_study_file

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.name)
def test_examples_of_the_documentation_run(page):
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    found = doctest.testfile(str(page), module_relative=False, optionflags=options)
    assert found.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.name)
def test_study_files_of_the_documentation_are_good(page, tmp_path):
    for text in re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL):
        path = tmp_path / "study.toml"
        path.write_text(text)
        file = read_study_file(path)
        assert file.candidates(file.load())
