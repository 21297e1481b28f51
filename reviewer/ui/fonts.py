"""The two families (Inter, JetBrains Mono; both OFL, shipped) and the eight sizes a screen may use.

Figures are tabular everywhere, so that a running clock does not jump.
"""

from __future__ import annotations

from enum import Enum
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from reviewer.ui.resources import FONTS

INTER = "Inter"
MONO = "JetBrains Mono"

REGULAR = QFont.Weight.Normal
MEDIUM = QFont.Weight.Medium
SEMIBOLD = QFont.Weight.DemiBold


class Type(Enum):
    """A role of text: size and line height in px, and its usual weight."""

    TITLE = (24, 32, SEMIBOLD)
    CLOCK = (20, 24, SEMIBOLD)
    PANEL = (18, 24, SEMIBOLD)
    SECTION = (15, 20, SEMIBOLD)
    LEAD = (15, 24, REGULAR)
    BODY = (13, 18, REGULAR)
    STRONG = (13, 18, SEMIBOLD)
    CONTROL = (13, 18, MEDIUM)
    DETAIL = (12, 16, REGULAR)
    DETAIL_STRONG = (12, 16, SEMIBOLD)
    LABEL = (12, 16, MEDIUM)
    META = (11, 16, REGULAR)
    META_STRONG = (11, 16, SEMIBOLD)
    HASH = (12, 20, REGULAR)

    @property
    def size(self) -> int:
        return self.value[0]

    @property
    def line(self) -> int:
        return self.value[1]

    @property
    def weight(self) -> QFont.Weight:
        return self.value[2]


def load(application: QApplication) -> None:
    """Register the shipped fonts; body text becomes the application's. Raises FileNotFoundError if one is missing."""
    for path in sorted((*FONTS.glob("*.otf"), *FONTS.glob("*.ttf"))):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FileNotFoundError(f"the font {path.name} cannot be read")
    if not {INTER, MONO} <= set(QFontDatabase.families()):
        raise FileNotFoundError("the shipped fonts are missing; the installation is not whole")
    application.setFont(font(Type.BODY))


@cache
def _make(family: str, pixels: int, weight: QFont.Weight) -> QFont:
    made = QFont(family)
    made.setPixelSize(pixels)
    made.setWeight(weight)
    # Unhinted outlines keep Inter's spacing at every scale.
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(QFont.Tag.fromString("tnum"), 1)
    return made


def font(role: Type, weight: QFont.Weight | None = None) -> QFont:
    """A fresh QFont for a role; `weight` replaces the usual one."""
    family = MONO if role is Type.HASH else INTER
    return QFont(_make(family, role.size, role.weight if weight is None else weight))
