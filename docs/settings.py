"""Write settings.md from the table of settings: python docs/settings.py."""

from pathlib import Path

from amenable.cli.settings import usual
from amenable.settings import NETWORK, OPTIMIZER, SCHEDULE, SETTINGS, TRAINING, Setting

PAGE = Path(__file__).with_suffix(".md")
TOP = """# Settings

This page lists everything that can vary. A setting has the same name everywhere: as an argument of
`Space`, `am.sweep` and `grid`, as a key of `[space]` in a [study file](studies.md), as an option of
`amenable sweep` and `amenable draw` (`--weight-decay` for `weight_decay`), and as a column of
tables and of a study's database. [The glossary](glossary.md) explains the words.

If you give an option several times, all values are tried. A range such as `1e-4..1` stands for all
numbers between two ends; `--draws` says how many combinations are tried. Where the table says "by
ratio", numbers are drawn by their logarithm. The values `none`, `true` and `false` are typed as
they stand here. `docs/settings.py` makes this page.
"""
PARTS = {
    NETWORK: ("Networks", "Arguments of `mlp`; `network` takes whole networks instead."),
    TRAINING: ("Training", "Fields of `Training`."),
    OPTIMIZER: (
        "Optimizers",
        "Fields of the optimizer that `optimizer` names. A setting that is given by itself "
        "overrides the optimizer's: `lr` overrides that of `optimizer=adam(lr=0.01)`.",
    ),
    SCHEDULE: (
        "Schedules",
        "Fields of the schedule, which changes the learning rate from step to step.",
    ),
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
