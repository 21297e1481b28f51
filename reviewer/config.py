"""Where things are: the workspace of this person's machine, the files that come with the program, and its modules.

`REVIEWER_HOME` chooses the workspace; without it the platform's own place for a program's data is used.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
_starting = threading.RLock()


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


@contextmanager
def own_modules() -> Iterator[None]:
    """Python processes that are started within find the program's modules, and look for none in the working folder:
    started with `-c`, Python looks there first, and it may be the folder with footage, where anything may lie."""
    path = os.pathsep.join(filter(None, (str(RESOURCES.parent), os.environ.get("PYTHONPATH"))))
    given = {"PYTHONSAFEPATH": "1", "PYTHONPATH": path}
    with _starting:
        before = {name: os.environ.get(name) for name in given}
        os.environ.update(given)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
