"""The demo: an agency of four fictional people, an incident of theirs, and a workspace that is ready to log on to.

```
DIR/footage/<camera>/   as the cameras left it       DIR/truth.json    what is true about it; the program never reads it
DIR/store/              the evidence store           DIR/home/         the workspace: REVIEWER_HOME
DIR/keys/               root and custody keys        DIR/people.json   who logs on with what
DIR/witness/            a witness of its logs, “demo-witness”: what publishes here runs it (`services/witness`), so that
                        the demo shows what a witness does. One that runs where the logs are written proves nothing.
```

It is made in a folder beside DIR that takes its name when everything is done, so DIR is a whole demo or none.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.demo.make import START, make_footage
from reviewer.demo.sidecar import INCIDENT
from reviewer.domain.agency import DEFAULT
from reviewer.domain.assignment import Purpose
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Banner, CustodyKey, Role, Witness, WitnessPolicy
from reviewer.domain.timebase import SECOND, Utc
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import custody
from reviewer.services.clock import utc_now
from reviewer.services.demo_case import write_complaint
from reviewer.services.demo_copies import assign_copies, write_copies
from reviewer.services.disk import InUse, disk_error, held, make_folder, write_atomically
from reviewer.services.ingest import Ingested, Station, ingest
from reviewer.services.trust import Trust
from reviewer.services.witness import WitnessFolder, WitnessJob
from reviewer.services.workspace import Setup, Workspace
from reviewer.stores.folder import FolderStore

AGENCY = "helsinki.example"
TITLE = "Helsinki Example Police"
CASE = "CR-2026-0142"
PLACE = "Aleksanterinkatu × Mikonkatu"
ZONE = "Europe/Helsinki"
STATION = "desk-1"
WITNESS = "demo-witness"
ALL_ASSIGNED = 4  # with more cameras than this, the last one exists and is not assigned
_LASTS = 3 * 365 * 86_400 * SECOND
_FOOTAGE_SHARE = 0.9  # of the time that making it takes
_WARNING = (
    "This is a demo. Everybody in it is invented, and these passphrases are public: "
    "never put real evidence into this store."
)
_BANNER = (
    "This system is for authorised use. Every log-on, every view and every mark becomes an entry in a signed log. "
    "Recordings are partial: camera light, range and hearing differ from a person’s. "
    "This is a demo; everybody in it is invented."
)

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can log on to the demo, or a key that can be opened in it."""

    id: str
    name: str
    badge: str
    role: str
    passphrase: str


PEOPLE = (
    Person("salo", "K. Salo", "0417", Role.INVESTIGATOR.value, "demo-salo-0417"),
    Person("aro", "S. Aro", "0102", Role.SUPERVISOR.value, "demo-aro-0102"),
    Person("falk", "R. Falk", "0251", Role.TRAINING.value, "demo-falk-0251"),
    Person("hill", "P. Hill", "0033", Role.CUSTODIAN.value, "demo-hill-0033"),
)
ROOT = Person("root", "The agency’s root key", "", "signs rosters", "demo-root")
CUSTODY = Person("custody", "The custody key", "", "opens data keys", "demo-custody")


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is ready. `made` is False if it was there already."""

    folder: Path
    made: bool

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def store(self) -> Path:
        return self.folder / "store"


def make_demo(
    folder: Path, *, cameras: int = 4, seconds: int = 90, seed: int = 1, progress: Progress | None = None
) -> Demo:
    """Make the demo incident in `folder`, or say that it is there already.

    What an interrupted run left is started over. Raises ReviewerError if something else lies in `folder`, or another
    run is making it now.
    """
    folder = folder.absolute()
    if (folder / "people.json").exists():
        return Demo(folder, made=False)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ReviewerError(f"{folder} is not empty and no demo.", "Name a new folder.")
    making = folder.with_name(f".{folder.name}.making")
    busy = InUse(f"The demo in {folder} is being made now.", "Wait until it is done.")
    lock = folder.with_name(f".{folder.name}.lock")
    with held(lock, busy):
        try:
            shutil.rmtree(making, ignore_errors=True)
            make_folder(making)
            _make(making, cameras, seconds, seed, progress or (lambda _share, _text: None))
            if folder.exists():
                folder.rmdir()
            making.replace(folder)
        except OSError as wrong:
            raise disk_error(folder, wrong) from wrong
        finally:
            shutil.rmtree(making, ignore_errors=True)
    with contextlib.suppress(OSError):
        lock.unlink()
    return Demo(folder, made=True)


def _make(folder: Path, cameras: int, seconds: int, seed: int, progress: Progress) -> None:
    footage = folder / "footage"
    truth = make_footage(
        footage,
        cameras=cameras,
        seconds=seconds,
        seed=seed,
        progress=lambda share, text: progress(share * _FOOTAGE_SHARE, text),
    )
    (footage / "truth.json").replace(folder / "truth.json")
    progress(_FOOTAGE_SHARE, "The agency, its people and their keys")
    workspace, store = Workspace(folder / "home"), FolderStore(folder / "store")
    people, custody_keys, station = _keys(folder, workspace)
    trust = _found(folder, workspace, store, people, custody_keys, station)
    witness = WitnessJob(WitnessFolder(folder / "witness"), trust)
    progress(0.93, "Sealing the footage into the store")
    report = ingest([footage], trust, station)
    if report.refused:
        first = report.refused[0]
        raise ReviewerError(f"The demo’s footage was not taken in: {first.message}", first.next_step)
    progress(0.98, "Assigning the case")
    cameras_in_order = [camera.directory for camera in truth.cameras]
    assigned = _assign(trust, report.recordings, cameras_in_order, people["aro"], custody_keys)
    assign_copies(trust, assigned, PLACE, people["aro"], custody_keys)
    progress(0.99, "The complaint, as K. Salo wrote it")
    salo, _aro, falk, hill = ((each.id, each.passphrase) for each in PEOPLE)
    write_complaint(workspace, trust, CASE, PLACE, INCIDENT, START, salo)
    write_copies(workspace, trust, falk, hill)
    witness.run()
    listing = {"warning": _WARNING, "case": CASE, "people": [asdict(p) for p in (*PEOPLE, ROOT, CUSTODY)]}
    write_atomically(folder / "people.json", (json.dumps(listing, indent=2, ensure_ascii=False) + "\n").encode())
    progress(1.0, "Ready")


def _keys(folder: Path, workspace: Workspace) -> tuple[dict[str, PrivateKeys], PrivateKeys, Station]:
    """Everybody's keys, written where they belong: people's into the workspace, the agency's own beside it."""
    make_folder(workspace.home)
    people = {}
    for person in PEOPLE:
        people[person.id] = keyring.new_keys(person.id)
        keyring.save(workspace.key_file(person.id), people[person.id], person.passphrase)
    custody_keys = keyring.new_keys(CUSTODY.id)
    keyring.save(folder / "keys" / "custody.json", custody_keys, CUSTODY.passphrase)
    station = Station(STATION, Ed25519PrivateKey.generate())
    keyring.save_station(workspace.station_key, station.key)
    return people, custody_keys, station


def _found(
    folder: Path,
    workspace: Workspace,
    store: FolderStore,
    people: dict[str, PrivateKeys],
    custody_keys: PrivateKeys,
    station: Station,
) -> Trust:
    root = keyring.new_keys(ROOT.id)
    keyring.save(folder / "keys" / "root.json", root, ROOT.passphrase)
    users = [custody.user_entry(AGENCY, people[p.id].public, p.name, p.badge, [Role(p.role)]) for p in PEOPLE]
    now = utc_now()
    custody.found_agency(
        store,
        root.signing,
        custody.Agency(AGENCY, TITLE, Banner(_BANNER, 1, now)),
        users=users,
        workstations=[custody.station_entry(AGENCY, STATION, "Demo desk", station.key)],
        custody_keys=[CustodyKey(CUSTODY.id, custody_keys.public.sealing)],
        expires=Utc(now + _LASTS),
        policy=WitnessPolicy((Witness(WITNESS, WitnessFolder(folder / "witness").make_key(WITNESS)),), quorum=1),
        tables=replace(DEFAULT, time_zone=ZONE),
    )
    vkey = custody.root_vkey(AGENCY, root.signing)
    workspace.set_up(Setup(vkey, STATION, "../store"))  # relative, so the folder can be moved
    return Trust(store, vkey, workspace)


def _assign(
    trust: Trust, recordings: Sequence[Ingested], cameras: list[str], issuer: PrivateKeys, custody_keys: PrivateKeys
) -> list[str]:
    """S. Aro assigns the complaint to K. Salo, cameras in their order. The last of many stays out, with its stills.
    Returns what was assigned."""
    assigned = cameras[:-1] if len(cameras) > ALL_ASSIGNED else cameras
    by_camera = {i.manifest.recording_id: i.sources[0].parent.name for i in recordings}
    wanted = sorted(
        (r for r, camera in by_camera.items() if camera in assigned), key=lambda r: cameras.index(by_camera[r])
    )
    order = custody.Order(
        case_id=CASE,
        title=PLACE,
        members={"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR},
        recordings=dict.fromkeys(wanted),
        purpose=Purpose.COMPLAINT,
        reason=f"Complaint about what happened at {PLACE}",
    )
    custody.assign(trust, order, issuer, custody_keys)
    return wanted
