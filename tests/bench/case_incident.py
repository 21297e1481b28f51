"""The bench's case as real as one of footage: 40 recordings taken in and sealed, assigned to three people, and what
they wrote into it, each into a log of their own, published. It lies in the clips' folder and is made once."""

from __future__ import annotations

import hashlib
from concurrent.futures import wait
from pathlib import Path
from typing import Any

from reviewer.domain.assignment import Purpose
from reviewer.domain.event import Event
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, Utc
from reviewer.sealing import keyring
from reviewer.services import custody
from reviewer.services import demo as agency
from reviewer.services.session import log_on
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.bench import case_made
from tests.bench.case_made import Size
from tests.bench.clips import START, make
from tests.bench.incident import CASE, Recording, incident
from tests.bench.opening import TINY

_ROLES = {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR, "virta": Role.INVESTIGATOR}
_VIRTA = agency.Person("virta", "M. Virta", "0388", Role.INVESTIGATOR.value, "bench-virta")
_APART = 370_001  # µs from one camera's start to the next one's
_DONE = "case-written"


def names(recordings: int) -> list[str]:
    """What the cameras are called."""
    return [f"cam{number:02}" for number in range(recordings)]


def run(size: dict[str, Any]) -> dict[str, Any]:
    """Make it if it is not there. Gives {folder, recordings, annotations, entries}."""
    wanted = Size(**size)
    clip = make(TINY, wanted.seconds)
    cameras = [Recording(name, [(clip, Utc(START + n * _APART))]) for n, name in enumerate(names(wanted.recordings))]
    folder = incident(f"case-{_stamp(wanted)}", cameras)
    done = folder / _DONE
    if not done.exists():
        done.write_text(str(_write(folder, wanted)), encoding="utf-8")
    made = {"recordings": wanted.recordings, "annotations": wanted.annotations}
    return {"folder": str(folder), "entries": int(done.read_text(encoding="utf-8")), **made}


def _stamp(size: Size) -> str:
    said = repr(size).encode() + Path(case_made.__file__).read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(said).hexdigest()[:8]


def _write(folder: Path, size: Size) -> int:
    """Assign it to the three, and let each write a share. Returns how many entries the first does not have."""
    workspace = Workspace(folder / "home")
    trust = Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
    people = {p.id: p.passphrase for p in (*agency.PEOPLE, _VIRTA)}
    _come(folder, workspace, trust)
    issuer = keyring.unlock(workspace.key_file("aro"), people["aro"])
    custody_keys = keyring.unlock(folder / "keys" / "custody.json", agency.CUSTODY.passphrase)
    before = trust.assignment(CASE)
    ids = tuple(each.recording_id for each in before.recordings)
    order = custody.Order(CASE, "Bench", _ROLES, dict.fromkeys(ids), Purpose.COMPLAINT, "To measure")
    custody.assign(trust, order, issuer, custody_keys)
    begins = [Utc(START + n * _APART) for n in range(len(ids))]
    events: list[Event] = [*case_made.annotations(CASE, ids, begins, size)]
    shares = {who: events[n :: len(_ROLES)] for n, who in enumerate(_ROLES)}
    shares["aro"] = [*case_made.papers(CASE, Utc(START - 86_400 * SECOND), size.allegations), *shares["aro"]]
    for who, share in shares.items():
        session = log_on(workspace, trust, who, people[who])
        session.open_case(CASE)
        futures = [session.journal.record(event) for event in share]
        wait(futures)
        for each in futures:
            each.result()
        session.log_off()
        if session.publisher.publish().trouble is not None:
            raise RuntimeError("the case was not published")
    return sum(len(share) for who, share in shares.items() if who != "salo")


def _come(folder: Path, workspace: Workspace, trust: Trust) -> None:
    """A second investigator."""
    theirs = keyring.new_keys(_VIRTA.id)
    keyring.save(workspace.key_file(_VIRTA.id), theirs, _VIRTA.passphrase)
    root = keyring.unlock(folder / "keys" / "root.json", agency.ROOT.passphrase)
    entry = custody.user_entry(agency.AGENCY, theirs.public, _VIRTA.name, _VIRTA.badge, [Role.INVESTIGATOR])
    custody.amend_roster(trust, root.signing, users=[entry])
