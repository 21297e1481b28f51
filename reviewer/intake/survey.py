"""From the paths a person named to the recordings that lie there. It looks, and touches nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from reviewer.intake import axis, dock_folder, generic, gopro, phone_export, sidecar
from reviewer.intake.base import (
    FOOTAGE,
    NO_PICTURE,
    SIDECAR,
    STILLS,
    TRACKS,
    Aside,
    CannotTakeIn,
    FoundRecording,
    LookAt,
    Pile,
    ProbeFile,
    Refusal,
    Source,
    Survey,
    Tree,
    WholeSource,
    stem,
)


def _each(source: Source) -> WholeSource:
    """A source that looks at one folder at a time."""

    def find(tree: Tree) -> list[FoundRecording]:
        return [found for folder in sorted(tree.piles) for found in source(tree.piles[folder])]

    return find


# Tried in this order; each takes the files it knows. What a dock wrote down goes before what a name suggests.
SOURCES: Sequence[WholeSource] = (
    _each(sidecar.find),
    axis.find,
    _each(gopro.find),
    phone_export.find,
    dock_folder.find,
    generic.find,
)
_KNOWN = (*FOOTAGE, *TRACKS, *STILLS, SIDECAR)
_ASIDE = {
    ".thm": "a thumbnail that the camera made",
    ".lrv": "a small copy that the camera made",
    ".heic": "a picture in a format that is not read here",
    ".json": "it belongs to no footage here",
}


def survey(paths: Iterable[Path], probe_file: ProbeFile, look_at: LookAt = lambda _: NO_PICTURE) -> Survey:
    """Recordings in files and folders (with all below them). A single file brings its sidecars along, and the other
    parts of its recording. Whatever cannot be taken in is in `refused`, one sentence and a next step each; what is no
    footage and goes with none is in `aside`.

    `probe_file` says what a file's headers say, `look_at` what a picture's do: `probe.probe` and `exif.read_picture`,
    run where a hostile file can do no harm."""
    looked = _Looked()
    for path in paths:
        looked.at(path.absolute())
    piles = {folder: Pile(folder, sorted(files), probe_file, look_at) for folder, files in looked.folders.items()}
    tree = Tree(piles, tuple(looked.roots))
    recordings = [found for source in SOURCES for found in source(tree)]
    for pile in piles.values():
        for path in list(pile.files):
            pile.put_aside(path, _ASIDE.get(path.suffix.lower(), "no footage"))
        looked.refused.extend(pile.refused)
        looked.aside.extend(pile.aside)
    return Survey(tuple(recordings), tuple(looked.refused), tuple(sorted(looked.aside, key=lambda a: a.path)))


class _Looked:
    """The files to consider, by folder."""

    def __init__(self) -> None:
        self.folders: dict[Path, set[Path]] = {}
        self.roots: list[Path] = []
        self.refused: list[Refusal] = []
        self.aside: list[Aside] = []

    def at(self, path: Path) -> None:
        try:
            mode = path.stat().st_mode  # a link that a person names is followed
        except (FileNotFoundError, NotADirectoryError):
            self._refuse(path, f"{path} is not there.", "Check the path, and that the card or drive is connected.")
        except OSError as error:
            self._unreadable(path, error)
        else:
            if stat.S_ISDIR(mode):
                self._folder(path)
            elif not stat.S_ISREG(mode) or not path.name.lower().endswith(_KNOWN):
                known = ", ".join(sorted(s.removeprefix(".") for s in FOOTAGE))
                self._refuse(path, f"{path.name} is no footage that this program knows.", f"It knows {known}.")
            else:
                self.roots.append(path.parent)
                for each in {path} | self._companions(path):
                    self._add(each.parent, {each})

    def _folder(self, folder: Path) -> None:
        unreadable: list[OSError] = []
        found = False
        self.roots.append(folder)
        for where, below, names in os.walk(folder, onerror=unreadable.append):
            below[:] = sorted(d for d in below if not d.startswith(".") and not Path(where, d).is_symlink())
            files = {Path(where, n) for n in names if not n.startswith(".")}
            odd = {f for f in files if not _plain(f)}
            self.aside.extend(Aside(f, "no plain file: a link or a device") for f in odd)
            found = found or any(f.name.lower().endswith(_KNOWN) for f in files - odd)
            self._add(Path(where), files - odd)
        for error in unreadable:
            self._unreadable(Path(error.filename or folder), error)
        if not found and not unreadable:
            self._refuse(folder, f"{folder} holds no footage.", "Choose the folder that the camera or dock wrote.")

    def _companions(self, path: Path) -> set[Path]:
        """Files of the same name, and whatever a sidecar or a chapter's name puts into the same recording."""
        try:
            beside = [f for f in path.parent.iterdir() if not f.name.startswith(".") and _plain(f)]
        except OSError:
            return set()  # the file itself may still be readable
        if axis.is_container(path.parent):
            return {*beside, *axis.registers(path.parent.parent)}
        recording = gopro.chapter_of(path)[0]
        found = {f for f in beside if stem(f) == stem(path) or gopro.chapter_of(f)[0] == recording}
        found |= {f for f in beside if f.name.lower() == f"{path.name.lower()}.json"}
        for each in beside:
            if each.name.lower().endswith(SIDECAR) and self._names(each, path):
                found.add(each)
        return found

    @staticmethod
    def _names(camera_json: Path, path: Path) -> bool:
        try:
            return path.name in sidecar.names(sidecar.read_sidecar(camera_json))
        except CannotTakeIn:
            return False

    def _add(self, folder: Path, files: set[Path]) -> None:
        if files:
            self.folders.setdefault(folder, set()).update(files)

    def _unreadable(self, path: Path, error: OSError) -> None:
        if isinstance(error, PermissionError):
            step = "Ask for the right to read it, or copy the footage to a folder of yours."
            self._refuse(path, f"You may not read {path}.", step)
        else:
            what = error.strerror or "the disk refuses"
            self._refuse(path, f"{path} cannot be read: {what}.", "Check that the card or drive is connected.")

    def _refuse(self, path: Path, message: str, next_step: str) -> None:
        self.refused.append(Refusal(path, CannotTakeIn(message, next_step)))


def _plain(path: Path) -> bool:
    """A file of its own: no link that leads somewhere else, no pipe that never ends."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return True  # whoever reads it will say what is wrong
