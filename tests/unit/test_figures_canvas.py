"""What all figures share: themes, axes, and files that are written whole and always the same."""

import pytest

from amenable.errors import DescriptionError, FileError
from amenable.figures import canvas


def test_themes_have_the_same_entries_and_readable_ink():
    for theme in map(canvas.find_theme, ("light", "dark")):
        assert len(theme.colours) >= 6
        assert len(set(theme.colours)) == len(theme.colours)
        assert abs(_luminance(theme.ink) - _luminance(theme.paper)) > 0.6
        for colour in theme.layers:
            assert abs(_luminance(colour) - _luminance(theme.paper)) > 0.4
    with pytest.raises(DescriptionError, match='theme: expected "light" or "dark", got'):
        canvas.find_theme("blue")


def _luminance(colour):
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_mixed_goes_from_one_colour_to_the_other():
    assert canvas.mix("#000000", "#FFFFFF", 0.0) == "#000000"
    assert canvas.mix("#000000", "#FFFFFF", 1.0) == "#FFFFFF"
    assert canvas.mix("#000000", "#FFFFFF", 0.5) in ("#7F7F7F", "#808080")


def test_axes_are_the_callers_or_new_ones():
    figure = canvas.new_figure("dark", (3, 2))
    ax = figure.add_subplot()
    assert canvas.axes_for(ax, "dark") is ax
    assert canvas.figure_of(ax) is figure
    assert canvas.axes_for(None).get_figure() is not figure


@pytest.mark.parametrize("form", canvas.FORMATS)
def test_the_same_figure_gives_the_same_bytes(form):
    def made():
        ax = canvas.axes_for(None, size=(2, 2))
        ax.plot([0, 1], [1, 0])
        return canvas.encode(canvas.figure_of(ax), form)

    assert made() == made()


def test_files_are_of_the_kind_that_their_name_says(tmp_path):
    figure = canvas.new_figure(size=(1, 1))
    for form, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        path = canvas.save(figure, tmp_path / f"picture.{form}")
        assert path.read_bytes().startswith(start)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_no_other_kind_and_no_half_file(tmp_path):
    figure = canvas.new_figure(size=(1, 1))
    with pytest.raises(FileError, match=r"ends in \.png, \.svg or \.pdf, got '\.jpg'"):
        canvas.save(figure, tmp_path / "picture.jpg")
    with pytest.raises(FileError, match="cannot be written"):
        canvas.save(figure, tmp_path / "nowhere" / "picture.png")
    assert list(tmp_path.iterdir()) == []
