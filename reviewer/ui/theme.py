"""Two whole themes as tokens (STYLE.md), and how a widget finds the one it stands in.

Dark where a picture is the subject, light for paperwork. A theme is put on a widget with `apply_theme`; everything
below it, custom-painted widgets included, asks `theme_of(self)` while painting. A change arrives as a StyleChange.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from string import Template

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from reviewer.ui.resources import THEMES

_PROPERTY = "reviewerTheme"


class ThemeName(StrEnum):
    DARK = "dark"
    LIGHT = "light"


class Tone(StrEnum):
    """What a state's colour says; never said by colour alone."""

    OK = "ok"
    WARN = "warn"
    STOP = "stop"
    INFO = "info"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Theme:
    """The tokens. Colours are "#RRGGBB"; `color` and the shorthands below give QColors for painting."""

    name: ThemeName
    bg0: str
    bg1: str
    bg2: str
    bg3: str
    line: str
    edge: str
    text: str
    text2: str
    text3: str
    ink: str
    on_ink: str
    ok: str
    warn: str
    stop: str
    info: str
    ok_tint: str
    warn_tint: str
    stop_tint: str
    info_tint: str
    supports: str
    against: str
    focus: str
    officers: tuple[str, ...]

    def color(self, token: str) -> QColor:
        """The QColor of a token by name. Raises AttributeError for a word that is not a token."""
        return _color(getattr(self, token))

    def tone(self, tone: Tone) -> QColor:
        return self.color("text2" if tone is Tone.PLAIN else tone.value)

    def tint(self, tone: Tone) -> QColor:
        return self.color("bg3" if tone is Tone.PLAIN else f"{tone.value}_tint")

    def officer(self, number: int) -> QColor:
        """The colour of officer `number` (1, 2, …). Above nine, colours repeat and the number goes on."""
        return _color(self.officers[(number - 1) % len(self.officers)])

    def digit(self, number: int) -> QColor:
        """The digit on that officer's chip: bg0 of the dark theme or white, whichever stands out more."""
        chip = self.officers[(number - 1) % len(self.officers)]
        return _color(max((DARK.bg0, "#FFFFFF"), key=lambda ink: contrast(ink, chip)))

    @property
    def casing(self) -> QColor:
        """Two px around every marker and track on the map."""
        return self.color("bg0") if self.name is ThemeName.DARK else QColor("#FFFFFF")


@cache
def _color(value: str) -> QColor:
    return QColor(value)


DARK = Theme(
    name=ThemeName.DARK,
    bg0="#0D1013",
    bg1="#14181D",
    bg2="#1B2027",
    bg3="#28303A",
    line="#2F3742",
    edge="#73808F",
    text="#ECF0F4",
    text2="#B6C0CC",
    text3="#8E9AA8",
    ink="#ECF0F4",
    on_ink="#0D1013",
    ok="#7FD6A0",
    warn="#F2B84B",
    stop="#FF9489",
    info="#93BEF5",
    ok_tint="#16291F",
    warn_tint="#2E2411",
    stop_tint="#351C1A",
    info_tint="#16253A",
    supports="#F0A35E",
    against="#7DB4F2",
    focus="#FFFFFF",
    officers=(
        "#7BD0F9",
        "#EE9424",
        "#498E59",
        "#B876AD",
        "#FBEF66",
        "#70A4F9",
        "#99FEF1",
        "#9461E5",
        "#EFB5A1",
    ),
)

LIGHT = Theme(
    name=ThemeName.LIGHT,
    bg0="#EEF1F4",
    bg1="#FFFFFF",
    bg2="#F5F7F9",
    bg3="#E1E7EE",
    line="#D3DAE2",
    edge="#74808D",
    text="#151B23",
    text2="#3F4B59",
    text3="#586473",
    ink="#14315C",
    on_ink="#FFFFFF",
    ok="#17643A",
    warn="#845000",
    stop="#AD2018",
    info="#1B4E93",
    ok_tint="#E4F3EA",
    warn_tint="#FCF0D9",
    stop_tint="#FCE6E4",
    info_tint="#E4EEFB",
    supports="#9A4A00",
    against="#1B4E93",
    focus="#0A3FA8",
    officers=(
        "#063F54",
        "#CD5D16",
        "#3C8C69",
        "#A03A98",
        "#625317",
        "#4E50D9",
        "#215D62",
        "#56148F",
        "#631E19",
    ),
)

THEME = {ThemeName.DARK: DARK, ThemeName.LIGHT: LIGHT}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two "#RRGGBB" colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(value: str) -> float:
    channels = (int(value[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def stylesheet(name: ThemeName) -> str:
    """The QSS of a theme, from the one template in resources/themes."""
    theme = THEME[name]
    tokens = {f.name: getattr(theme, f.name) for f in fields(theme) if f.name not in {"name", "officers"}}
    for image in ("check", "chevron-up", "chevron-down"):
        tokens[image.replace("-", "_")] = (THEMES / f"{image}-{name}.svg").as_posix()
    return Template((THEMES / "reviewer.qss").read_text(encoding="utf-8")).substitute(tokens)


@cache
def palette(name: ThemeName) -> QPalette:
    """For what no style sheet reaches: native text selection, placeholders, disabled text, tool tips."""
    theme = THEME[name]
    made = QPalette()
    role = QPalette.ColorRole
    for where, token in (
        (role.Window, "bg0"),
        (role.WindowText, "text"),
        (role.Base, "bg1"),
        (role.AlternateBase, "bg2"),
        (role.Text, "text"),
        (role.Button, "bg1"),
        (role.ButtonText, "text"),
        (role.BrightText, "stop"),
        (role.Highlight, "ink"),
        (role.HighlightedText, "on_ink"),
        (role.PlaceholderText, "text3"),
        (role.Link, "info"),
        (role.ToolTipBase, "bg3"),
        (role.ToolTipText, "text"),
        (role.Mid, "edge"),
        (role.Midlight, "line"),
    ):
        made.setColor(where, theme.color(token))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, theme.color("text3"))
    return made


def start(application: QApplication) -> None:
    """Once per process: Fusion below our style sheet, so that every system draws alike; light until told otherwise."""
    application.setStyle("Fusion")
    application.setPalette(palette(ThemeName.LIGHT))


def apply_theme(widget: QWidget, name: ThemeName) -> None:
    """Dress `widget` and all below it. Does nothing if it wears that theme already."""
    if widget.property(_PROPERTY) == name.value:
        return
    widget.setProperty(_PROPERTY, name.value)
    widget.setPalette(palette(name))
    widget.setStyleSheet(stylesheet(name))


def theme_of(widget: QWidget) -> Theme:
    """The theme that `widget` stands in: that of its nearest dressed ancestor, light if there is none."""
    at: QObject | None = widget
    while at is not None:
        name = at.property(_PROPERTY)
        if name is not None:
            return THEME[ThemeName(name)]
        at = at.parent()
    return LIGHT
