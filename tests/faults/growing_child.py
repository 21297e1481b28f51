"""Makes what leaves, in a process of its own, until it is killed: `python -m tests.faults.growing_child KIND FOLDER`.

Once something grows beside its place it says where its workspace is, and then waits for its end.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera, DeckPart
from reviewer.services import disclosure_copies, disclosure_seal
from reviewer.services.copy_check import Checked
from reviewer.services.disclosure_package import make_package
from reviewer.services.disclosure_seal import open_package, zip_under
from reviewer.services.workspace import Workspace
from tests.media.footage import START, clip
from tests.media.rendering import InFile
from tests.services.copies_room import agency_of_copies, asked, custodian, rendered
from tests.services.log_desk import ZONE
from tests.services.rendering import Room

PASSWORD = "a long enough word"


def _wait(home: Path, *_: object) -> None:
    print(home, flush=True)  # noqa: T201 - whoever kills it reads this
    sys.stdin.read()


def package(folder: Path) -> None:
    """A package whose copies are there, and whose index is not."""
    cache = folder / "cache"
    cache.mkdir()
    agency = agency_of_copies(folder, cache)
    disclosure_copies.__dict__["check_copy"] = lambda *_a, **_k: Checked((), ("looked at",))
    with custodian(agency) as session:
        copy = rendered(session, folder / "copy.mp4")
        home = session.trust.workspace.home
        told = partial(_wait, home)
        make_package(session, asked(folder / "out" / "FOI", copy), {}, zone=ZONE, progress=told)


def opened(folder: Path) -> None:
    """A closed package that is being unpacked."""
    inside = folder / "FOI"
    (inside / "data").mkdir(parents=True)
    (inside / "data" / "copy.mp4").write_bytes(b"film" * 1_000_000)
    (inside / "data" / "other.mp4").write_bytes(b"film" * 1_000_000)
    target = folder / "FOI.zip"
    zip_under(inside, target, PASSWORD)
    disclosure_seal.shutil.copyfileobj = partial(_poured, folder / "home")  # type: ignore[attr-defined]  # of this child
    open_package(Workspace(folder / "home"), target, folder / "out" / "FOI", password=PASSWORD)


def _poured(home: Path, _file: object, out: object, _size: int) -> None:
    out.write(b"film")  # type: ignore[attr-defined]  # a binary file
    out.flush()  # type: ignore[attr-defined]  # likewise
    _wait(home)


def render(folder: Path) -> None:
    """A file that is whole, and is read again."""
    footage = folder / "footage.mp4"
    footage.write_bytes(clip((0, 1, 2, 3), size=(320, 180)))
    source = InFile(str(footage))
    part = DeckPart(lambda: source, TimeModel(START, Micros(1000)), TimeRange(START, Utc(START + SECOND)))
    home = folder / "home"

    def check(path: Path, *_: object) -> Checked:
        assert path.exists()
        _wait(home)
        return Checked((), ())

    room = Room(home, {"one": DeckCamera("one", (part,))}, check)
    room.wait(room.ask(folder / "out" / "copy.mp4"), seconds=600)


if __name__ == "__main__":
    {"package": package, "opened": opened, "render": render}[sys.argv[1]](Path(sys.argv[2]))
