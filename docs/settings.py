"""Write settings.md, which is made from the table of settings: python docs/settings.py."""

from pathlib import Path

from amenable.cli.settings import usual
from amenable.settings import NETWORK, OPTIMIZER, SCHEDULE, SETTINGS, TRAINING, Setting

PAGE = Path(__file__).with_suffix(".md")
TOP = """# Settings

Everything that can vary, by one name everywhere: an argument of `Space`, `am.sweep` and `grid`, a
key of `[space]` in a [study file](studies.md), an option of `amenable sweep` and `amenable draw`
(`--weight-decay` for `weight_decay`), a column of tables and of a study's database. An option can
be given several times; then all values are tried. A range such as `1e-4..1` stands for the numbers
between two ends, of which `--draws` says how many are tried; where "by ratio" stands, they are
drawn by their logarithm. `none`, `true` and `false` are typed so. `docs/settings.py` makes this
page.
"""
PARTS = {
    NETWORK: ("Networks", "Arguments of `mlp`; or `network`, with whole networks."),
    TRAINING: ("Training", "Fields of `Training`."),
    OPTIMIZER: (
        "Optimizers",
        "Fields of the optimizer: of the one that `optimizer` names, or of its objects. Given as "
        "settings of their own they win over `optimizer=adam(lr=0.01)`.",
    ),
    SCHEDULE: ("Schedules", "Fields of the schedule of the learning rate, which counts steps."),
}


def page() -> str:
    """The page."""
    lines = [TOP]
    for part, (title, about) in PARTS.items():
        lines += [f"## {title}", "", about, "", "| setting | default | range | what it is |"]
        lines += ["| --- | --- | --- | --- |"]
        lines += [_row(it) for it in SETTINGS.values() if it.part == part] + [""]
    return "\n".join(lines)


def _row(one: Setting) -> str:
    ranged = ("by ratio" if one.is_by_ratio else "evenly") if one.is_number else ""
    owners = f" Of {', '.join(one.owners)}." if one.owners else ""
    default = f"`{usual(one)}`" if usual(one) else ""
    return f"| `{one.name}` | {default} | {ranged} | {one.help}{owners} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
