"""From blocks to HTML, by templates that escape whatever is put into them."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from itertools import count
from typing import Any

import jinja2
from markupsafe import Markup

from amenable.version import package_version


def render(package: str, template: str, **values: Any) -> str:
    """A whole page as HTML.

    Parameters
    ----------
    package : str
        Whose ``templates`` folder has the template, such as "amenable.report".
    template : str
        Its name. It extends "page.html" of this package, whose blocks are ``header`` and ``main``.
    **values
        What the template shows. Texts are escaped, and control characters in them become blanks.

    Examples
    --------
    >>> from amenable.pages import Paragraph, Section
    >>> page = render("amenable.pages", "sections.html", title="1 < 2",
    ...               sections=[Section("all", "All", [Paragraph("So it is.")])])
    >>> "<title>1 &lt; 2</title>" in page
    True
    """
    environment = _environment(package)
    script = _source(environment, "table.js")
    return environment.get_template(template).render(
        values,
        style=Markup(_source(environment, "style.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        figure_number=count(1).__next__,
        version=package_version(),
    )


def json_link(name: str, content: str, text: str) -> Markup:
    """A link to a file that is in the page."""
    data = base64.b64encode(content.encode()).decode()
    return Markup('<a download="{}" href="data:application/json;base64,{}">{}</a>').format(
        name, data, text
    )


@cache
def _environment(package: str) -> jinja2.Environment:
    own = jinja2.PackageLoader(package) if package != "amenable.pages" else None
    shared = jinja2.PackageLoader("amenable.pages")
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([it for it in (own, shared) if it]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _source(environment: jinja2.Environment, name: str) -> str:
    assert environment.loader is not None  # given above
    return environment.loader.get_source(environment, name)[0]


def _printable(value: Any) -> Any:
    """Without what HTML cannot hold: control characters, halves of characters in names of files."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    plain = value.encode("utf-8", "replace").decode("utf-8")
    text = "".join(it if it.isprintable() or it == "\n" else " " for it in plain)
    return re.sub(r" (?=%)|(?<=\bp) (?=[<=])|(?<=\bp [<=]) ", "\u00a0", text)  # not parted
