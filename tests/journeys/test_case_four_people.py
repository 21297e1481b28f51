"""A complaint from the footage to the signed decision: four people, four workspaces, one S3 bucket, no server of ours.

P. Hill takes footage in, S. Aro assigns it; K. Salo and M. Virta mark, she with the store out of reach; their work
merges; both judge one allegation blind; findings are signed, one is returned, answered, signed again; S. Aro decides;
the report is written, and every log verifies with public keys alone.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.domain.agency import DEFAULT
from reviewer.domain.annotation import Mark
from reviewer.domain.case import CaseState, PersonRole, Stance
from reviewer.domain.case_acts import AllegationSet, ComplaintSet, ExhibitSet, FindingSet, PersonSet
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.events import AccessDenied
from reviewer.domain.timebase import format_rfc3339
from reviewer.domain.wording import LocalZone
from reviewer.records.queries import EntryFilter
from reviewer.services.case_report import CaseReports, OpenCase
from reviewer.services.case_report_words import Speaker
from reviewer.services.footage import Footage
from reviewer.services.logwords import Names
from reviewer.services.queue import read_queue
from reviewer.services.vault import Vault
from tests.journeys.case_people import ARO, CASE, FALK, LEHTO, SALO, VIRTA, Office, Seat, all_meet, now
from tests.papers.made import pdf
from tests.stores.engines.client import Engine
from tests.stores.engines.processes import free_ports

_HIS, _HERS = "He takes the bag", "Hän pyytää anteeksi — ״סליחה״"
_STANDARD = DEFAULT.standards[0].id


@pytest.fixture
def bucket(seaweed: Engine) -> str:
    return seaweed.bucket()


@pytest.fixture
def office(seaweed: Engine, bucket: str, tmp_path: Path) -> Office:
    return Office(tmp_path, seaweed.location(bucket, seaweed.keys_file(tmp_path))).found()


def _is_known(seat: Seat, recordings: list[str]) -> list[str]:
    """The complaint is written down; two things are alleged. Returns their ids."""
    begins = seat.manifests()[0].range
    window = {"start": format_rfc3339(begins.start), "end": format_rfc3339(begins.end)}
    said = {"number": "K-2026-0142", "received": format_rfc3339(begins.end), "way": "letter", "place": "Mikonkatu"}
    now(seat.file.change(ComplaintSet, "", said))
    now(seat.file.add(PersonSet, {"name": "A. Complainant", "role": PersonRole.COMPLAINANT.value}))
    officer = now(seat.file.add(PersonSet, {"name": "A. Niemi", "role": PersonRole.SUBJECT.value, "badge": "2214"}))
    alleged = [
        {"title": "Excessive force", "policy": "force", "officer": officer, **window},
        {"title": "Words and manner", "policy": "courtesy", "officer": officer},
    ]
    ids = [now(seat.file.add(AllegationSet, each)) for each in alleged]
    now(seat.moves.move(CaseState.INVESTIGATION))
    assert len(recordings) == 2
    return ids


def _marks(seat: Seat, allegation: str, camera: int, text: str, stance: Stance) -> str:
    """Watch it all, mark a place, and make an exhibit of it. Returns the exhibit's id."""
    seat.watches()
    manifest = seat.manifests()[camera]
    mark = Mark(manifest.recording_id, 0, manifest.parts[0].duration // 4, manifest.parts[0].duration // 2)  # type: ignore[arg-type]
    bookmark = now(seat.notes.add(manifest.range, (mark,), "force", text))
    fields = {"allegation": allegation, "stance": stance.value, "mark": bookmark.id, "text": text}
    return now(seat.file.add(ExhibitSet, fields))


def _signs(seat: Seat, allegation: str, disposition: str, exhibit: str) -> str:
    """Write a finding and sign it. Returns its id."""
    reasons = f"The footage shows it: {{exhibit:{exhibit}}}." if exhibit else "Both cameras heard nothing of the kind."
    wanted = {"standard": _STANDARD, "disposition": disposition, "reasons": reasons}
    now(seat.findings.write(allegation, nothing_found=not exhibit, **wanted))
    assert seat.findings.blocked(allegation) == ()
    return now(seat.findings.sign(allegation))


def _offline(virta: Seat, allegation: str) -> str:
    """A day without the store: what she writes is hers at once, and waits. Returns her exhibit's id."""
    exhibit = _marks(virta, allegation, 1, _HERS, Stance.AGAINST)
    now(virta.file.change(AllegationSet, allegation, {"title": "Force beyond what was needed"}))
    assert virta.session.publisher.publish().trouble is not None
    assert virta.session.following.run().trouble is not None
    assert [b.text for b in virta.notes.bookmarks()] == [_HERS]
    return exhibit


def _same_case(*seats: Seat) -> None:
    shown = [(s.file.allegations(), s.file.exhibits(), s.notes.bookmarks(), s.file.complaint()) for s in seats]
    assert all(each == shown[0] for each in shown)


def _blind(salo: Seat, virta: Seat, aro: Seat, allegation: str) -> None:
    """Both say what they think of it before either sees the other's."""
    review = now(aro.second.ask([allegation], [SALO, VIRTA]))
    all_meet(salo, virta, aro)
    now(salo.second.seal(review, allegation, "sustained", "The bag was his."))
    all_meet(salo, virta, aro)
    (found,) = virta.second.reviews()
    sealed = found.impressions[allegation, SALO]
    assert sealed.impression is None and virta.second.mine(sealed) is None
    assert salo.second.open_due() == ()
    now(virta.second.seal(review, allegation, "sustained"))
    all_meet(salo, virta, aro)
    for seat in (salo, virta):
        assert [now(each) for each in seat.second.open_due()]
    all_meet(salo, virta, aro)
    (found,) = aro.second.reviews()
    assert {each.impression.disposition for each in found.impressions.values() if each.impression} == {"sustained"}


def _returned_and_decided(salo: Seat, virta: Seat, aro: Seat, ids: list[str], exhibits: list[str]) -> None:
    first = _signs(salo, ids[0], "sustained", exhibits[0])
    second = _signs(virta, ids[1], "unfounded", "")
    now(salo.moves.move(CaseState.REVIEW))
    all_meet(salo, virta, aro)
    point = now(aro.decisions.send_back(first, "Say what the second camera shows."))
    with pytest.raises(ReviewerError):
        aro.decisions.decide(ids[0], "sustained", _STANDARD)
    all_meet(salo, virta, aro)
    now(salo.findings.answer(point, f"It shows the same: {{exhibit:{exhibits[1]}}}."))
    again = _signs(salo, ids[0], "sustained", exhibits[1])
    assert len({first, second, again}) == 3
    all_meet(salo, virta, aro)
    with pytest.raises(ReviewerError, match="Only a supervisor"):
        now(salo.decisions.decide(ids[1], "unfounded", _STANDARD))
    for each, disposition in zip(ids, ("sustained", "unfounded"), strict=True):
        now(aro.decisions.decide(each, disposition, _STANDARD))
    now(aro.moves.move(CaseState.DECIDED))
    all_meet(salo, virta, aro)
    courses = virta.findings.read().courses
    assert [len(courses[each].decided) for each in ids] == [1, 1]
    assert virta.moves.standing().state is CaseState.DECIDED


def _reports(seat: Seat, path: Path) -> bytes:
    """The report of the case, with its stills."""
    office = seat.office
    workspace = office.workspace(seat.who)
    session = seat.session
    vault = Vault(workspace, session.trust, session.grants, session.journal.record)
    footage = Footage(vault, session.trust, workspace, seat.assignment)
    say = Speaker(Names(lambda user: user, lambda recording: recording), LocalZone.named("Europe/Helsinki"))
    case = OpenCase(session, seat.assignment, footage, footage.cameras(), say)
    return CaseReports(case).save(path).read_bytes()


def _stranger(office: Office, who: str) -> None:
    """Somebody whose case it is not: not in their queue, not to be opened; both attempts stand in their log."""
    session = office.sits_down(who)
    try:
        trust, workspace = session.session.trust, office.workspace(who)
        assert read_queue(trust, workspace, who, grants=session.session.grants).cases == ()
        with pytest.raises(AccessRefused):
            session.session.open_case(CASE)
        with pytest.raises(AccessRefused):
            session.papers.take(CASE, Path(__file__), unopened=True)
        assert session.session.following.run(every=True).trouble is None
        with closing(session.session.queries()) as queries:
            kinds = {e.meta.kind for e in queries.entries(EntryFilter(case=CASE))}
        assert kinds == {AccessDenied.KIND}
    finally:
        session.leaves()


def _verified(
    office: Office, who: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    monkeypatch.setenv("REVIEWER_HOME", str(office.workspace(who).home))
    capsys.readouterr()
    status = main(["log", "verify", "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status == 0, found
    return found


def test_from_the_footage_to_the_decision(
    office: Office,
    seaweed: Engine,
    bucket: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys, recordings = seaweed.keys_file(tmp_path), [m.recording_id for m in office.takes_in()]
    office.assigns(recordings)
    with ExitStack() as day:

        def sits(who: str, location: str = "") -> Seat:
            seat = office.sits_down(who, location)
            day.callback(seat.leaves)
            return seat.opens()

        salo, virta, aro = sits(SALO), sits(VIRTA), sits(ARO)
        for seat in (salo, virta, aro):
            seat.fetches()
        ids = _is_known(salo, recordings)
        all_meet(salo, virta, aro)
        his = _marks(salo, ids[0], 0, _HIS, Stance.FOR)
        now(salo.file.change(AllegationSet, ids[0], {"title": "Excessive force, twice"}))
        salo.sends()
        virta.leaves()
        nowhere = f"http://127.0.0.1:{free_ports(1)[0]}"
        her = _offline(van := sits(VIRTA, seaweed.location(bucket, keys, endpoint=nowhere)), ids[0])
        van.leaves()
        virta = sits(VIRTA)
        all_meet(salo, virta, aro)
        _same_case(salo, virta, aro)
        edits = [e for e in aro.file.history(AllegationSet, ids[0]) if e.field == "title"]
        assert [e.user for e in edits] == [SALO, SALO, VIRTA] and edits[-1].overwrote
        paper = virta.papers.take(CASE, _statement(tmp_path))
        document = now(virta.papers.attach(virta.file, paper, what="statement"))
        all_meet(salo, virta, aro)
        (attached,) = salo.file.documents()
        assert attached.id == document
        salo.papers.fetch(CASE, attached)
        _blind(salo, virta, aro, ids[0])
        _returned_and_decided(salo, virta, aro, ids, [his, her])
        _same_case(salo, virta, aro)
        assert aro.file.things(FindingSet)
        assert _reports(aro, tmp_path / "report.pdf").startswith(b"%PDF")
    for who in (FALK, LEHTO):
        _stranger(office, who)
    report = _verified(office, ARO, capsys, monkeypatch)
    assert report["ok"]


def _statement(folder: Path) -> Path:
    path = folder / "statement.pdf"
    path.write_bytes(pdf(2))
    return path
