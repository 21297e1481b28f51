"""What a person may set for themselves, and the file it lies in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from reviewer.domain.errors import ReviewerError
from reviewer.services.disk import write_atomically

LONGEST_IDLE = 30  # minutes; CJIS 5.5.5
DEFAULT_IDLE = 15
HIGHEST_CAP = 10_000_000  # kB a second
LARGEST_CACHE = 1_000_000  # GB


class ThemeChoice(StrEnum):
    BY_SCREEN = "by_screen"  # dark where a picture is the subject, light for paperwork
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Preferences:
    """`time_zone` is an IANA name, "" is the system's. `keys` are the remapped ones only: command id → key.
    `places` are splitter and column places by name, as the widgets wrote them (base64). `stills` is the folder that
    stills go to, "" is Reviewer in the person's pictures. `proxies`: small copies of footage are made.
    Footage comes down at `sync_cap_kb` kB a second at most, `cache_limit_gb` GB of it may lie here; 0 is no limit."""

    theme: ThemeChoice = ThemeChoice.BY_SCREEN
    idle_minutes: int = DEFAULT_IDLE
    time_zone: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    stills: str = ""
    proxies: bool = True
    sync_cap_kb: int = 0
    cache_limit_gb: int = 0
    custody_key: str = ""  # the file that was opened last

    @property
    def stills_folder(self) -> Path:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(self.stills) if self.stills else Path(pictures or Path.home()) / "Reviewer"


class PreferencesUnreadable(ReviewerError):
    """The preferences file is not one of ours; nothing of it is used."""


def _strings(found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        return {}
    return {k: v for k, v in found.items() if isinstance(k, str) and isinstance(v, str)}


def _amount(found: object, most: int) -> int:
    """A whole number from 0 on. Raises TypeError for anything else."""
    if not isinstance(found, int) or isinstance(found, bool):
        raise TypeError("not a number")
    return max(0, min(most, found))


def _from_json(text: str) -> Preferences:
    """Raises ValueError, TypeError for what is not a preferences file; unknown fields are left alone."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    idle = found.get("idle_minutes", DEFAULT_IDLE)
    if not isinstance(idle, int) or isinstance(idle, bool):
        raise TypeError("idle_minutes is not a number")
    return Preferences(
        theme=ThemeChoice(found.get("theme", ThemeChoice.BY_SCREEN)),
        idle_minutes=max(1, min(LONGEST_IDLE, idle)),
        time_zone=str(found.get("time_zone", "")),
        keys=_strings(found.get("keys")),
        places=_strings(found.get("places")),
        stills=str(found.get("stills", "")),
        proxies=found.get("proxies") is not False,
        custody_key=str(found.get("custody_key", "")),
        sync_cap_kb=_amount(found.get("sync_cap_kb", 0), HIGHEST_CAP),
        cache_limit_gb=_amount(found.get("cache_limit_gb", 0), LARGEST_CACHE),
    )


def read(path: Path) -> Preferences:
    """The preferences in `path`, the defaults if there is none. Raises PreferencesUnreadable."""
    try:
        return _from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError, TypeError) as error:
        raise PreferencesUnreadable(
            "Your preferences cannot be read; the defaults are used.", "Set them again under Settings."
        ) from error


def write(path: Path, preferences: Preferences) -> None:
    """Whole or not at all. Raises ReviewerError if the disk refuses."""
    write_atomically(path, json.dumps(asdict(preferences), indent=1, ensure_ascii=False).encode())


class PreferenceStore(QObject):
    """The present preferences, and who wants to know when they change. Without a path they live as long as it does."""

    changed = Signal(object)  # Preferences
    failed = Signal(object)  # ReviewerError

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._now = Preferences()
        self.problem: ReviewerError | None = None
        self.open(path)

    def open(self, path: Path | None) -> None:
        """Whoever logs on brings their own file; None is nobody's: the defaults, written nowhere."""
        before, self.problem = self._now, None
        self._path, self._now = path, Preferences()
        if path is not None:
            try:
                self._now = read(path)
            except PreferencesUnreadable as error:
                self.problem = error
        if self._now != before:
            self.changed.emit(self._now)

    @property
    def now(self) -> Preferences:
        return self._now

    def set(self, preferences: Preferences) -> None:
        """Take these from now on, and write them down. A disk that refuses is told through `failed`."""
        if preferences == self._now:
            return
        self._now = preferences
        if self._path is not None:
            try:
                write(self._path, preferences)
            except ReviewerError as error:
                self.problem = error
                self.failed.emit(error)
        self.changed.emit(preferences)
