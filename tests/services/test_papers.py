"""Documents of a case, from a file to a colleague's screen: sealed, offline, fetched, opened verified, given out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.case import CaseDocument
from reviewer.domain.case_acts import DocumentSet
from reviewer.domain.document_acts import DocumentExported
from reviewer.domain.errors import (
    AccessRefused,
    Cancelled,
    IntegrityError,
    NotInStore,
    ReviewerError,
    StoreUnreachable,
    UnreadablePaper,
)
from reviewer.domain.events import AccessDenied, ObjectQuarantined
from reviewer.domain.roster import Role
from reviewer.papers.kinds import LARGEST
from reviewer.services import papers as service
from reviewer.services.outgoing import Outgoing
from reviewer.services.paper_shelf import path_in_store
from reviewer.services.papers import Papers, Pasted
from reviewer.services.workspace import Workspace
from tests.papers.made import pdf, picture
from tests.services.agency import CASE, Agency
from tests.services.case_team import ARO, SALO, VIRTA, Investigator, team, team_agency
from tests.services.following_room import Desk, reason

WORDS = "He stepped back and fell."


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return team_agency(tmp_path)


@pytest.fixture
def desks(agency: Agency) -> Iterator[dict[str, Investigator]]:
    made = team(agency)
    yield made
    for desk in made.values():
        desk.leaves()


def papers_of(desk: Desk) -> Papers:
    return Papers(desk.workspace, desk)


def sends(desk: Investigator) -> None:
    """As the session's publisher does: what is named goes out first."""
    Outgoing(desk.workspace, desk.room, desk.trust.store).deposit()
    desk.sends()


def attached(desk: Investigator, source: Path | Pasted, **how: bool) -> CaseDocument:
    papers = papers_of(desk)
    taken = papers.take(CASE, source, **how)
    id_ = papers.attach(desk.file, taken, what="statement").result()
    return next(each for each in desk.file.documents() if each.id == id_)


def denials(desk: Desk) -> list[str]:
    return [entry.event.what for entry in desk.entries() if isinstance(entry.event, AccessDenied)]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "Use of force.pdf"
    path.write_bytes(pdf(12, words=WORDS))
    return path


def test_a_colleague_reads_what_was_attached(desks: dict[str, Investigator], report: Path) -> None:
    mine = attached(desks[SALO], report)
    assert (mine.kind, mine.pages, mine.what) == ("pdf", 12, "statement")
    assert mine.sha256 == hashlib.sha256(report.read_bytes()).hexdigest()
    sends(desks[SALO])
    desks[ARO].syncs()
    (theirs,) = desks[ARO].file.documents()
    assert theirs == mine
    papers = papers_of(desks[ARO])
    assert not papers.is_here(CASE, theirs)
    with closing(papers.open(CASE, theirs).reader()) as reader:
        assert reader.sheets().pages == 12
        assert [hit.page for hit in reader.find("Page 7 of", 1, 12)] == [7]
    assert papers.is_here(CASE, theirs)


def test_no_word_of_it_lies_on_a_disk_or_in_the_store(
    desks: dict[str, Investigator], agency: Agency, report: Path
) -> None:
    data = report.read_bytes()
    attached(desks[SALO], report)
    sends(desks[SALO])
    desks[VIRTA].syncs()
    papers_of(desks[VIRTA]).open(CASE, desks[VIRTA].file.documents()[0])
    report.unlink()
    secrets = (data[:64], data[-64:], b"Use of force")
    for path in agency.folder.rglob("*"):
        if path.is_file() and "sqlite" not in path.name:  # the records of those on the case may name it
            held = path.read_bytes()
            assert not any(each in held for each in secrets), path


def test_offline_it_waits_and_goes_out_once_the_store_answers(
    desks: dict[str, Investigator], agency: Agency, report: Path
) -> None:
    store = Path(agency.store.location)
    store.rename(store.with_name("away"))
    mine = attached(desks[SALO], report)
    papers = papers_of(desks[SALO])
    assert papers.waits(mine)
    with closing(papers.open(CASE, mine).reader()) as reader:
        assert reader.sheets().pages == 12
    outgoing = Outgoing(desks[SALO].workspace, desks[SALO].room, desks[SALO].trust.store)
    with pytest.raises(StoreUnreachable):
        outgoing.deposit()
    store.with_name("away").rename(store)
    assert papers_of(desks[SALO]).waits(mine), "another run of the program still knows"
    assert outgoing.deposit() == 1
    assert not papers.waits(mine)
    assert outgoing.deposit() == 0
    assert hashlib.sha256(agency.store.get(path_in_store(CASE, mine.object))).hexdigest() == mine.object


def test_a_kill_between_the_store_and_the_note_costs_another_look(
    desks: dict[str, Investigator], agency: Agency, report: Path
) -> None:
    mine = attached(desks[SALO], report)
    sealed = Workspace(desks[SALO].workspace.papers(CASE)).cached(mine.object)
    agency.store.put_if_absent(path_in_store(CASE, mine.object), lambda sink: sink.write(sealed.read_bytes()) and None)
    outgoing = Outgoing(desks[SALO].workspace, desks[SALO].room, desks[SALO].trust.store)
    assert outgoing.deposit() == 1
    assert not outgoing.waiting()


def test_what_no_entry_names_does_not_go_out(desks: dict[str, Investigator], agency: Agency, report: Path) -> None:
    papers = papers_of(desks[SALO])
    taken = papers.take(CASE, report)  # and a kill before `attach`
    outgoing = Outgoing(desks[SALO].workspace, desks[SALO].room, desks[SALO].trust.store)
    assert outgoing.deposit() == 0
    assert not agency.store.exists(path_in_store(CASE, taken.object))
    papers.drop(taken)
    assert not outgoing.waiting()
    assert not Workspace(desks[SALO].workspace.papers(CASE)).cached(taken.object).exists()


def test_an_entry_before_its_object_says_where_it_is(desks: dict[str, Investigator], report: Path) -> None:
    attached(desks[SALO], report)
    desks[SALO].sends()
    desks[VIRTA].syncs()
    with pytest.raises(NotInStore, match="has not reached the store yet"):
        papers_of(desks[VIRTA]).open(CASE, desks[VIRTA].file.documents()[0])


def test_bytes_that_were_changed_here_are_put_aside_and_fetched_again(
    desks: dict[str, Investigator], report: Path
) -> None:
    mine = attached(desks[SALO], report)
    sends(desks[SALO])
    papers = papers_of(desks[SALO])
    papers.open(CASE, mine)
    path = Workspace(desks[SALO].workspace.papers(CASE)).cached(mine.object)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match="is not what was attached"):
        papers.open(CASE, mine)
    desks[SALO].journal.record(reason()).result()  # entries are written in order
    assert any(isinstance(entry.event, ObjectQuarantined) for entry in desks[SALO].entries())
    with closing(papers.open(CASE, mine).reader()) as reader:
        assert reader.sheets().pages == 12


def test_other_bytes_in_the_store_are_never_opened(
    desks: dict[str, Investigator], agency: Agency, report: Path
) -> None:
    mine = attached(desks[SALO], report)
    sends(desks[SALO])
    lies = Path(agency.store.location) / path_in_store(CASE, mine.object)
    data = bytearray(lies.read_bytes())
    data[1000] ^= 1
    lies.chmod(0o600)
    lies.write_bytes(data)
    desks[VIRTA].syncs()
    with pytest.raises(IntegrityError):
        papers_of(desks[VIRTA]).open(CASE, mine)
    assert not papers_of(desks[VIRTA]).is_here(CASE, mine)


@pytest.mark.parametrize("lie", ["sha256", "object", "size", "key"])
def test_an_entry_that_names_another_file_opens_nothing(desks: dict[str, Investigator], report: Path, lie: str) -> None:
    mine = attached(desks[SALO], report)
    other = attached(desks[SALO], Pasted("Other.pdf", pdf(2)))
    said = {
        "sha256": replace(mine, sha256=other.sha256),
        "object": replace(mine, object=other.object, size=other.size),
        "size": replace(mine, size=mine.size + 1),
        "key": replace(mine, key=other.key),
    }[lie]
    with pytest.raises((IntegrityError, NotInStore)):
        papers_of(desks[SALO]).open(CASE, said)


@pytest.mark.parametrize("value", ["", "../../etc/passwd", "A" * 64])
def test_an_entry_with_nonsense_in_it_is_a_sentence(desks: dict[str, Investigator], report: Path, value: str) -> None:
    mine = attached(desks[SALO], report)
    for said in (replace(mine, object=value), replace(mine, sha256=value), replace(mine, size=-1)):
        with pytest.raises(IntegrityError, match="does not say what this program can open"):
            papers_of(desks[SALO]).open(CASE, said)
        assert not papers_of(desks[SALO]).is_here(CASE, said) or said.sha256 == value


def test_what_is_too_large_is_refused_before_it_is_read(
    desks: dict[str, Investigator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "Export.zip"
    with large.open("wb") as file:
        file.truncate(2_000_000_000)
    monkeypatch.setattr(service, "_opened", lambda _source: pytest.fail("it was opened"))
    with pytest.raises(UnreadablePaper, match=r"“Export\.zip” has 2\.0 GB; a document may have 200 MB\."):
        papers_of(desks[SALO]).take(CASE, large)
    assert LARGEST == 200_000_000


def test_what_grows_while_it_is_read_stops_there(desks: dict[str, Investigator], report: Path) -> None:
    papers = papers_of(desks[SALO])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "LARGEST", report.stat().st_size - 1)
        patch.setattr(service, "_named", lambda _source: (report.name, 1))
        with pytest.raises(UnreadablePaper, match="grew beyond"):
            papers.take(CASE, report)
    folder = desks[SALO].workspace.papers(CASE)
    assert not [path for path in folder.rglob("*") if path.is_file()], "nothing half-written stays"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("Nothing.txt", b"", "is empty"),
        ("Film.mp4", b"\x00\x00\x00\x20ftypisom" + b"\x00" * 99, "is footage"),
        ("Broken.pdf", b"%PDF-1.7\nnothing follows", "is damaged"),
        ("Shut.pdf", pdf(1, password="secret"), "protected by a password"),
        ("Half.png", picture(40, 40)[:60], "is damaged"),
    ],
)
def test_what_cannot_be_taken_in_is_one_sentence(
    desks: dict[str, Investigator], name: str, data: bytes, said: str
) -> None:
    with pytest.raises(UnreadablePaper, match=said) as refused:
        papers_of(desks[SALO]).take(CASE, Pasted(name, data))
    assert refused.value.message.count(".") <= name.count(".") + 1
    assert not Outgoing(desks[SALO].workspace, desks[SALO].room, desks[SALO].trust.store).waiting()
    assert not [p for p in desks[SALO].workspace.papers(CASE).rglob("*") if p.is_file()]


@pytest.mark.parametrize("name", ["Broken.pdf", "Shut.pdf", "Letter.docx"])
def test_what_cannot_be_shown_can_be_kept_and_given_out(
    desks: dict[str, Investigator], tmp_path: Path, name: str
) -> None:
    data = {"Broken.pdf": b"%PDF-1.7\nnothing", "Shut.pdf": pdf(1, password="secret")}.get(name, b"PK\x03\x04 a letter")
    mine = attached(desks[SALO], Pasted(name, data), unopened=name.endswith(".pdf"))
    assert (mine.kind, mine.pages) == ("file", 0)
    papers = papers_of(desks[SALO])
    with pytest.raises(UnreadablePaper, match="cannot be shown here"):
        papers.open(CASE, mine).reader()
    assert papers.export(CASE, mine, tmp_path / name).read_bytes() == data


def test_the_original_leaves_byte_for_byte_and_its_entry_comes_first(
    desks: dict[str, Investigator], report: Path, tmp_path: Path
) -> None:
    mine = attached(desks[SALO], report)
    out = papers_of(desks[SALO]).export(CASE, mine, tmp_path / "out" / report.name)
    again = papers_of(desks[SALO]).export(CASE, mine, tmp_path / "out" / report.name)
    assert out.read_bytes() == report.read_bytes()
    assert again.name == "Use of force (2).pdf", "nothing is overwritten"
    exported = [entry.event for entry in desks[SALO].entries() if isinstance(entry.event, DocumentExported)]
    assert [each.sha256 for each in exported] == [mine.sha256, mine.sha256]


def test_the_same_bytes_are_attached_once(desks: dict[str, Investigator], report: Path, tmp_path: Path) -> None:
    attached(desks[SALO], report)
    twin = tmp_path / "Copy.pdf"
    twin.write_bytes(report.read_bytes())
    papers = papers_of(desks[SALO])
    taken = papers.take(CASE, twin)
    with pytest.raises(ReviewerError, match=r"attached already, as “Use of force\.pdf”"):
        papers.attach(desks[SALO].file, taken)
    assert [
        waiting.object
        for waiting in Outgoing(desks[SALO].workspace, desks[SALO].room, desks[SALO].trust.store).waiting()
    ] == [desks[SALO].file.documents()[0].object]


def test_cancelled_it_leaves_nothing(desks: dict[str, Investigator], tmp_path: Path) -> None:
    large = tmp_path / "Scan.bin"
    large.write_bytes(b"\x01" * 5_000_000)
    seen: list[int] = []
    with pytest.raises(Cancelled):
        papers_of(desks[SALO]).take(
            CASE, large, progress=lambda done, _all: seen.append(done), cancelled=lambda: len(seen) >= 2
        )
    assert len(seen) == 2
    assert not [p for p in desks[SALO].workspace.papers(CASE).rglob("*") if p.is_file()]


def test_a_withdrawn_document_can_be_set_back(desks: dict[str, Investigator], report: Path) -> None:
    mine = attached(desks[SALO], report)
    desks[SALO].file.withdraw(DocumentSet, mine.id).result()
    assert not desks[SALO].file.documents()
    undone = desks[SALO].file.undo()
    assert undone is not None
    undone.result()
    assert desks[SALO].file.documents() == (mine,)


def test_whoever_is_not_on_the_case_opens_nothing_and_the_try_is_in_their_log(
    agency: Agency, desks: dict[str, Investigator], report: Path, tmp_path: Path
) -> None:
    mine = attached(desks[SALO], report)
    sends(desks[SALO])
    stranger = Desk(agency, "hill", home="stranger")
    try:
        for act in (
            lambda: papers_of(stranger).open(CASE, mine),
            lambda: papers_of(stranger).take(CASE, report),
            lambda: papers_of(stranger).export(CASE, mine, tmp_path / "out.pdf"),
        ):
            with pytest.raises(AccessRefused):
                act()
        assert denials(stranger) == ["open “Use of force.pdf”", "attach a document", "open “Use of force.pdf”"]
        assert not (tmp_path / "out.pdf").exists()
    finally:
        stranger.journal.close()


def test_a_training_officer_reads_no_document_even_with_the_key(
    desks: dict[str, Investigator], report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Assigning refuses training on a complaint; this is for a store in which such an assignment stands anyhow."""
    mine = attached(desks[SALO], report)
    known = desks[SALO].trust.assignment(CASE)
    members = tuple(replace(m, role=Role.TRAINING) if m.user == SALO else m for m in known.members)
    monkeypatch.setattr(desks[SALO].trust, "assignment", lambda _case: replace(known, members=members))
    with pytest.raises(AccessRefused, match="not for training"):
        papers_of(desks[SALO]).open(CASE, mine)
    assert denials(desks[SALO]) == ["open “Use of force.pdf”"]


def test_whoever_reads_the_case_only_attaches_nothing(agency: Agency, report: Path) -> None:
    members = {SALO: Role.INVESTIGATOR, "hill": Role.CUSTODIAN, ARO: Role.SUPERVISOR}
    agency.assign("rec-1", members=members, case=CASE)
    hill = Desk(agency, "hill", home="hill")
    try:
        with pytest.raises(AccessRefused, match="read it only"):
            papers_of(hill).take(CASE, report)
    finally:
        hill.journal.close()


def test_a_long_name_keeps_its_ending(desks: dict[str, Investigator]) -> None:
    mine = attached(desks[SALO], Pasted("א" * 5_000 + ".png", picture(10, 10)))
    assert len(mine.name) == 200
    assert mine.name.endswith("….png")
