"""Where things are: the workspace of this person's machine and the files that come with the program.

`REVIEWER_HOME` chooses the workspace; without it the platform's own place for a program's data is used.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


def home() -> Path:
    """The workspace folder (it need not exist yet): `REVIEWER_HOME`, else the platform's data folder."""
    chosen = os.environ.get("REVIEWER_HOME")
    return Path(chosen).expanduser().absolute() if chosen else _platform_home()


def _platform_home() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "Reviewer"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Reviewer"
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "reviewer"


def resource(*parts: str) -> Path:
    """A file that comes with the program: `resource("maps", "helsinki.pmtiles")`."""
    return RESOURCES.joinpath(*parts)
