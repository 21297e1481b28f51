"""A person at a workstation with a log, a witness beside the store, and what an export needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.note import Verifier
from reviewer.audit.witness import Cosigner
from reviewer.domain import events as ev
from reviewer.domain.roster import Role, Witness
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.domain.wording import LocalZone
from reviewer.sealing import keyring
from reviewer.services.logwords import Names
from reviewer.services.session import Session, log_on
from tests.services.agency import CASE, Agency, keys, station_key

SECRET = "correct horse"
NAMES = Names(lambda user: {"salo": "K. Salo 0417"}.get(user, user), lambda recording: f"camera {recording}")
ZONE = LocalZone.named("Europe/Helsinki")


@cache
def witness_key() -> Cosigner:
    return Cosigner("records-01", Ed25519PrivateKey.generate())


@cache
def key_file(who: str, folder: str) -> bytes:
    """Made once a person: that takes time on purpose."""
    path = Path(folder) / who
    keyring.save(path, keys(who), SECRET)
    return path.read_bytes()


def agency_with_log(tmp_path: Path, cached: Path, *who: str, witness: bool = True) -> Agency:
    """An agency with a recording, a case, key files of these people, and a witness that the roster demands."""
    made = Agency(tmp_path)
    for each in who or ("salo", "aro"):
        keyring.write_private(made.workspace.key_file(each), key_file(each, str(cached)))
    keyring.save_station(made.workspace.station_key, station_key())
    made.recording("r1", b"footage one", sealed=True)
    made.assign("r1", members={"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR})
    if witness:
        roster = made.trust().roster()
        named = (Witness("records-01", witness_key().vkey),)
        made.put_roster(replace(roster, version=roster.version + 1, witnesses=named, quorum=1))
    return made


@contextmanager
def at_work(agency: Agency, named: str = "K. Salo") -> Iterator[Session]:
    session = log_on(agency.workspace, agency.trust(), named, SECRET, now=lambda: agency.now)
    try:
        yield session
    finally:
        session.log_off()


def watch(agency: Agency, session: Session) -> None:
    """Reason, a view, a bookmark, a refusal: five entries more."""
    session.open_case(CASE)
    session.state_reason(CASE, "complaint", "A1 to A3").result()
    shown = TimeRange(agency.now, Utc(agency.now + 10 * SECOND))
    cameras = (ev.SpanCamera("r1", shown, 862, 485, True),)
    for event in (
        ev.ViewOpened(CASE, "s1", shown, 1000, cameras, "complaint"),
        ev.ViewClosed(CASE, "s1", 1000, cameras, "complaint"),
        ev.BookmarkAdded(CASE, "b1", shown, (), "force", "=cmd|' /C calc'!A0"),
        ev.AccessDenied("open a camera", "It is not assigned to you.", CASE, "r4"),
    ):
        session.journal.record(event).result()


def cosign(agency: Agency, session: Session, at: Utc) -> None:
    """Publish, and let the witness see it."""
    session.publisher.publish()
    for verifier in session.journal.verifiers:
        path = f"logs/{verifier.name}/checkpoint"
        if agency.store.exists(path):
            note = witness_key().cosign(agency.store.get(path), Verifier(verifier.name, verifier.public), at // SECOND)
            agency.store.replace(f"witness/records-01/{verifier.name}", note)
