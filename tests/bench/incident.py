"""A case of bench clips, as real as one of footage: taken in, sealed, signed, assigned through the services, and a
workspace to log on to. It lies in the clips' folder, and is made anew when the code that makes it has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import reviewer
from reviewer.domain.assignment import Purpose
from reviewer.domain.roster import Role
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.services import custody
from reviewer.services import demo as agency
from reviewer.services.ingest import ingest
from reviewer.services.workspace import Workspace
from reviewer.stores.folder import FolderStore
from tests.bench.clips import FOLDER

_CODE = ("sealing/stream.py", "sealing/keyring.py", "services/ingest.py", "services/demo.py", "services/custody.py")
CASE = "BENCH-1"


@dataclass(frozen=True, slots=True)
class Recording:
    """A camera's files with the instants at which they begin. A file given several times is taken in several times."""

    name: str
    files: Sequence[tuple[Path, Utc]]


def incident(name: str, recordings: Iterable[Recording]) -> Path:
    """The folder of a case of these recordings: `home`, `store`, `people.json`."""
    wanted = list(recordings)
    folder = FOLDER / f"{name}-{_stamp(wanted)}"
    if (folder / "people.json").exists():
        return folder
    for old in FOLDER.glob(f"{name}-*"):
        shutil.rmtree(old, ignore_errors=True)
    footage = folder / "footage"
    for recording in wanted:
        _lay(footage / recording.name, recording)
    workspace, store = Workspace(folder / "home"), FolderStore(folder / "store")
    people, custody_keys, station = agency._keys(folder, workspace)
    trust = agency._found(folder, workspace, store, people, custody_keys, station)
    report = ingest([footage], trust, station)
    if report.refused:
        raise RuntimeError(f"the bench’s clips were not taken in: {report.refused[0]}")
    shutil.rmtree(footage)
    ids = {i.sources[0].parent.name: i.manifest.recording_id for i in report.recordings}
    order = custody.Order(
        case_id=CASE,
        title="Bench",
        members={"salo": Role.INVESTIGATOR},
        recordings=dict.fromkeys(ids[r.name] for r in wanted),
        purpose=Purpose.COMPLAINT,
        reason="To measure",
    )
    custody.assign(trust, order, people["aro"], custody_keys)
    listing = {"people": [asdict(p) for p in agency.PEOPLE]}
    (folder / "people.json").write_text(json.dumps(listing), encoding="utf-8")
    return folder


def _stamp(recordings: list[Recording]) -> str:
    """Changes when the files do, or the code that takes them in."""
    room = Path(reviewer.__file__).parent
    said = [(r.name, [(p.name, p.stat().st_size, at) for p, at in r.files]) for r in recordings]
    digest = hashlib.sha256(json.dumps(said).encode())
    for file in _CODE:
        digest.update((room / file).read_bytes())
    return digest.hexdigest()[:12]


def _lay(folder: Path, recording: Recording) -> None:
    """Files and sidecar as a dock leaves them. A box that players skip makes each copy a file of its own."""
    folder.mkdir(parents=True)
    parts = []
    for n, (path, at) in enumerate(recording.files):
        name = f"{recording.name}-{n + 1}{path.suffix}"
        shutil.copyfile(path, folder / name)
        words = f"{recording.name} {n}".encode()
        with (folder / name).open("ab") as file:
            file.write(struct.pack(">I4s", 8 + len(words), b"free") + words)
        parts.append({"file": name, "started_at": format_rfc3339(at)})
    clock = {
        "source": "manifest",
        "started_at": parts[0]["started_at"],
        "uncertainty_us": 12_000,
        "checked_offset_us": 0,
    }
    document = {"officer": recording.name, "badge": "", "clock": clock, "parts": parts}
    (folder / f"{recording.name}.camera.json").write_text(json.dumps(document), encoding="utf-8")
