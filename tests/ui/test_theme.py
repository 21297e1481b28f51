"""The tokens keep what STYLE.md promises of them, computed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from reviewer.ui import icons, theme
from reviewer.ui.resources import FONTS, ICONS
from reviewer.ui.theme import DARK, LIGHT, Theme, ThemeName, Tone, apply_theme, contrast, theme_of
from reviewer.ui.widgets import Chip

BOTH = pytest.mark.parametrize("worn", [DARK, LIGHT], ids=["dark", "light"])
UI = Path(icons.__file__).parent


def surfaces(worn: Theme) -> tuple[str, ...]:
    return worn.bg0, worn.bg1, worn.bg2, worn.bg3


@BOTH
@pytest.mark.parametrize(
    "token", ["text", "text2", "text3", "ok", "warn", "stop", "info", "ink", "supports", "against"]
)
def test_words_stand_out_on_every_surface(worn: Theme, token: str) -> None:
    assert min(contrast(getattr(worn, token), s) for s in surfaces(worn)) >= 4.5


@BOTH
@pytest.mark.parametrize("token", ["edge", "focus"])
def test_borders_and_rings_stand_out_on_every_surface(worn: Theme, token: str) -> None:
    assert min(contrast(getattr(worn, token), s) for s in surfaces(worn)) >= 3


@BOTH
@pytest.mark.parametrize("tone", [Tone.OK, Tone.WARN, Tone.STOP, Tone.INFO])
def test_tags_stand_out_on_their_own_tint(worn: Theme, tone: Tone) -> None:
    assert contrast(getattr(worn, tone.value), getattr(worn, f"{tone.value}_tint")) >= 4.5


@BOTH
def test_what_is_written_on_ink_stands_out(worn: Theme) -> None:
    assert contrast(worn.on_ink, worn.ink) >= 4.5


@BOTH
def test_every_officer_has_a_colour_that_stands_out_and_a_digit_that_can_be_read(worn: Theme) -> None:
    assert len(set(worn.officers)) == 9
    for number, color in enumerate(worn.officers, start=1):
        assert contrast(color, worn.bg2) >= 3
        assert contrast(worn.digit(number).name(), color) >= 4.5


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#FFFFFF", 21.0), ("#7BD0F9", "#1B2027", 9.5), ("#063F54", "#F5F7F9", 10.6)]
)
def test_contrast_is_wcags(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.06)


def test_officer_colours_go_on_after_nine() -> None:
    assert DARK.officer(10) == DARK.officer(1)
    assert DARK.officer(9) == QColor("#EFB5A1")


def test_the_style_sheet_fills_in_every_token() -> None:
    for name in ThemeName:
        sheet = theme.stylesheet(name)
        assert "$" not in sheet.replace("$tokens", "")
        for found in re.findall(r"url\((.*?)\)", sheet):
            assert Path(found).is_file()


@BOTH
@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_what_an_empty_field_asks_for_can_be_read(
    qtbot: QtBot, worn: Theme, kind: type[QLineEdit | QPlainTextEdit]
) -> None:
    """Qt draws it at half strength where a style sheet sets only the colour of what is typed: 3.3 to 1 on white."""
    field = kind()
    qtbot.addWidget(field)
    apply_theme(field, worn.name)
    field.ensurePolished()
    assert field.palette().color(QPalette.ColorRole.PlaceholderText) == QColor(worn.text3)


def test_a_widget_wears_its_nearest_ancestors_theme(qtbot: QtBot) -> None:
    outer, inner = QWidget(), QWidget()
    qtbot.addWidget(outer)
    chip = Chip(1)
    QVBoxLayout(outer).addWidget(inner)
    QVBoxLayout(inner).addWidget(chip)
    assert theme_of(chip) is LIGHT
    apply_theme(outer, ThemeName.DARK)
    assert theme_of(chip) is DARK
    apply_theme(inner, ThemeName.LIGHT)
    assert theme_of(chip) is LIGHT


def test_a_custom_painted_widget_is_painted_in_its_theme(qtbot: QtBot) -> None:
    chip = Chip(2)
    qtbot.addWidget(chip)
    chip.resize(18, 18)
    for name in ThemeName:
        apply_theme(chip, name)
        # Beside the digit, inside the chip.
        assert chip.grab().toImage().pixelColor(9, 2) == theme.THEME[name].officer(2)


def test_an_icon_is_tinted_crisp_and_kept(qapp: QApplication) -> None:
    red = icons.pixmap("lock", QColor("#FF0000"), 16, 2.0)
    assert red.width() == 32
    image = red.toImage()
    inked = [image.pixelColor(x, y) for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 200]
    assert inked
    assert all(c.red() > 200 and c.green() < 60 for c in inked)
    assert icons.pixmap("lock", QColor("#FF0000"), 16, 2.0).cacheKey() == red.cacheKey()
    with pytest.raises(KeyError):
        icons.pixmap("no-such-icon", QColor("red"), 16)


def test_every_shipped_icon_is_used_and_licences_lie_beside() -> None:
    code = "\n".join(p.read_text(encoding="utf-8") for p in UI.parent.rglob("*.py"))
    unused = [p.stem for p in ICONS.glob("*.svg") if f'"{p.stem}"' not in code]
    assert not unused
    assert "MIT License" in (ICONS / "LICENSE").read_text(encoding="utf-8")
    for family in ("Inter", "JetBrainsMono"):
        assert "SIL OPEN FONT LICENSE" in (FONTS / f"{family}-OFL.txt").read_text(encoding="utf-8")
