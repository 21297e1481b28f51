"""The maps that an agency brought to this machine, beside the one that comes with the program.

```
maps/maps.json                   what is here, the newest last
maps/<sha256, 16 digits>.<kind>  an archive, as it came
```
No evidence is in them and nothing here is signed: a map says where streets are, and whoever brings it answers for that.
So its name and attribution stand on screen.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer import config
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import Cancelled, DecoderStopped, MalformedDocument, ReviewerError, UnreadableArchive
from reviewer.maps.archive import Bounds, MapSource, source_of
from reviewer.maps.check import Checked, check
from reviewer.media import apart
from reviewer.services.disk import InUse, check_room, disk_error, held, make_folder, sync_folder, write_atomically

_AT_ONCE = 1 << 20  # bytes
_PATIENCE = 20.0  # s for one tile
_E7 = 10_000_000
_LONGEST_NAME = 60
_KINDS = {".pmtiles", ".mbtiles"}


@dataclass(frozen=True, slots=True)
class AgencyMap:
    """One line of maps.json. `box` is west, south, east, north in 1e-7 degrees."""

    name: str
    file: str
    sha256: str
    size: int
    kind: str
    min_zoom: int
    max_zoom: int
    box: tuple[int, ...]
    attribution: str


@dataclass(frozen=True, slots=True)
class _File:
    maps: tuple[AgencyMap, ...] = ()
    v: int = 1


@dataclass(frozen=True, slots=True)
class Added:
    """How far taking a map in is: bytes."""

    done: int
    size: int


class BaseMaps:
    """One machine's maps. `problem` says what is wrong with the list, if anything; the maps are then asked for anew."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "maps"
        self.problem: ReviewerError | None = None

    def kept(self) -> tuple[AgencyMap, ...]:
        """The agency's maps, the newest last."""
        return self._read().maps

    def sources(self) -> tuple[MapSource, ...]:
        """What is drawn, the first over the others: the agency's newest map first, the shipped one last. Opens none of
        the agency's."""
        found = [_source(self._folder, each) for each in reversed(self.kept()) if (self._folder / each.file).is_file()]
        with suppress(UnreadableArchive):
            found.append(shipped())
        return tuple(found)

    def add(
        self,
        path: Path,
        name: str = "",
        *,
        progress: Callable[[Added], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> AgencyMap:
        """Check an archive, copy it here, list it. Takes as long as the file is long: not on the GUI thread.

        Raises UnreadableArchive for what is no map or a damaged one, Cancelled, ReviewerError as the disk does."""
        name = " ".join(name.split())[:_LONGEST_NAME] or path.stem[:_LONGEST_NAME]
        size = _size(path)
        found = _checked(path, cancelled)
        with self._alone():
            here = self.kept()
            if name.casefold() in {each.name.casefold() for each in here}:
                raise ReviewerError(f"There is a map called “{name}” already.", "Give this one another name.")
            check_room(self._folder / "x", size)
            made, sha256 = self._copy(path, size, progress, cancelled)
            same = next((each for each in here if each.sha256 == sha256), None)
            if same is not None:
                made.unlink()
                raise ReviewerError(f"This map is here already, as “{same.name}”.", "Nothing is to be done.")
            file = f"{sha256[:16]}{path.suffix.lower() if path.suffix.lower() in _KINDS else '.map'}"
            made.replace(self._folder / file)
            sync_folder(self._folder)
            added = AgencyMap(name, file, sha256, size, *_words(found))
            self._write((*here, added))
        return added

    def remove(self, name: str) -> AgencyMap:
        """Take a map away. Raises ReviewerError if there is none of that name."""
        with self._alone():
            here = self.kept()
            gone = next((each for each in here if each.name.casefold() == name.casefold()), None)
            if gone is None:
                raise ReviewerError(f"There is no map called “{name}”.", "reviewer map list names those that are here.")
            self._write(each for each in here if each is not gone)
            try:
                (self._folder / gone.file).unlink(missing_ok=True)
            except OSError as wrong:
                raise disk_error(self._folder / gone.file, wrong) from wrong
        return gone

    def _alone(self) -> AbstractContextManager[None]:
        taken = InUse("Somebody is adding or removing a map on this machine.", "Try again when they are done.")
        return held(self._folder / "lock", taken)

    def _copy(
        self, path: Path, size: int, progress: Callable[[Added], None], cancelled: Callable[[], bool]
    ) -> tuple[Path, str]:
        """The bytes under a name of their own, and their SHA-256."""
        part, digest, done = self._folder / "adding.part", hashlib.sha256(), 0
        try:
            with path.open("rb") as source, part.open("wb") as target:
                while piece := source.read(_AT_ONCE):
                    if cancelled():
                        raise Cancelled("Adding the map")
                    digest.update(piece)
                    target.write(piece)
                    done += len(piece)
                    progress(Added(done, size))
                target.flush()
                os.fsync(target.fileno())
            if done != size:
                raise ReviewerError(
                    f"{path.name} changed while it was read.", "Wait until it is whole, then try again."
                )
        except BaseException as wrong:
            part.unlink(missing_ok=True)
            if isinstance(wrong, OSError):
                raise disk_error(path, wrong) from wrong
            raise
        return part, digest.hexdigest()

    def _read(self) -> _File:
        try:
            return decode(_File, json.loads((self._folder / "maps.json").read_bytes()))
        except FileNotFoundError:
            return _File()
        except (OSError, ValueError, RecursionError, MalformedDocument):
            self.problem = ReviewerError("The list of this machine’s maps cannot be read.", "Add the maps again.")
            return _File()

    def _write(self, maps: Iterable[AgencyMap]) -> None:
        make_folder(self._folder)
        data = json.dumps(encode(_File(tuple(maps))), indent=1, ensure_ascii=False).encode()
        write_atomically(self._folder / "maps.json", data)


def shipped() -> MapSource:
    """The map that comes with the program. Raises UnreadableArchive if it is gone."""
    return source_of(config.resource("maps", "helsinki.pmtiles"), "Helsinki, a part of the centre", shipped=True)


def backdrop() -> Path:
    """The coarse world that comes with the program."""
    return config.resource("maps", "world-50m.json.gz")


def _size(path: Path) -> int:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise UnreadableArchive(f"{path.name} is not a file.", "Choose a .pmtiles or .mbtiles file.")
        written = path.with_name(f"{path.name}-wal")
        if written.is_file() and written.stat().st_size:
            raise ReviewerError(f"{path.name} is open in another program.", "Close it there, then add the map.")
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong
    return size


def _look(path: str) -> Checked:
    """In the process apart."""
    return check(Path(path), apart.alive)


def _checked(path: Path, cancelled: Callable[[], bool]) -> Checked:
    try:
        found: Checked = apart.call(
            _look,
            str(path.absolute()),
            gives=Checked,
            what=path.name,
            seconds=_PATIENCE,
            cancelled=cancelled,
        )
    except DecoderStopped as wrong:
        raise UnreadableArchive(
            f"{path.name} could not be checked: reading it came to no end, or asked for more memory than a map may.",
            "Choose another archive.",
        ) from wrong
    return found


def _words(found: Checked) -> tuple[str, int, int, tuple[int, ...], str]:
    bounds = found.bounds
    box = tuple(round(each * _E7) for each in (bounds.west, bounds.south, bounds.east, bounds.north))
    return found.kind, found.min_zoom, found.max_zoom, box, found.attribution


def _source(folder: Path, each: AgencyMap) -> MapSource:
    west, south, east, north = (degrees / _E7 for degrees in each.box)
    return MapSource(
        folder / each.file,
        each.sha256,
        each.name,
        each.kind,
        each.min_zoom,
        each.max_zoom,
        Bounds(west, south, east, north),
        each.attribution,
    )
