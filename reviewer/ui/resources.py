"""Where the shipped icons, fonts and themes lie."""

from __future__ import annotations

from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
ICONS = RESOURCES / "icons"
FONTS = RESOURCES / "fonts"
THEMES = RESOURCES / "themes"
