"""The package: what lies in it, that outside programs and our single file accept it, that nothing else leaves."""

from __future__ import annotations

import csv
import errno
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import bagit
import c2pa
import pypdf
import pytest

from reviewer.domain.errors import AccessRefused, IntegrityError, ReviewerError
from reviewer.domain.making_acts import CopyMade, PackageMade
from reviewer.domain.request import Answer
from reviewer.domain.timebase import Utc
from reviewer.records.queries import EntryFilter
from reviewer.sealing import certificate
from reviewer.services import disclosure_copies, disclosure_package, disk
from reviewer.services.certificate import make_certificate, revoke_certificate
from reviewer.services.copy_check import Checked
from reviewer.services.disclosure_package import PackageCancelled, PackageDone, Step, make_package
from reviewer.services.disclosure_verify import verify_package
from reviewer.services.disk import NoRoom
from reviewer.services.session import Session
from tests.services.agency import CASE, YEAR, Agency, flip, root_key, station_key
from tests.services.copies_room import REQUEST, SECRET_WORDS, agency_of_copies, asked, custodian, rendered
from tests.services.log_desk import ZONE


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def agency(tmp_path: Path, cached: Path) -> Agency:
    made = agency_of_copies(tmp_path, cached)
    make_certificate(made.trust(), root_key(), now=lambda: made.now)
    return made


@pytest.fixture
def session(agency: Agency) -> Iterator[Session]:
    with custodian(agency) as opened:
        yield opened


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The check of copies has tests of its own; here it says that it looked."""
    seen: list[Path] = []

    def check(path: Path, *_rest: object) -> Checked:
        seen.append(path)
        return Checked((), ("every frame compared",))

    monkeypatch.setattr(disclosure_copies, "check_copy", check)
    return seen


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "given" / "FOI-2026-088"


def _make(session: Session, agency: Agency, out: Path, **changes: object) -> PackageDone:
    copies = [rendered(session, out.parent.parent / name) for name in ("one.mp4", "two.mp4")]
    wanted = replace(asked(out, *copies), **changes)  # type: ignore[arg-type]
    return make_package(session, wanted, {}, zone=ZONE, now=lambda: agency.now)


def _events(session: Session, kind: str) -> list[object]:
    with closing(session.queries()) as queries:
        return [e.event for e in queries.entries(EntryFilter(case=CASE, kinds=(kind,)))]


def _single_file(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    tool = folder / "data" / "verify_disclosure.py"
    return subprocess.run(
        [sys.executable, "-I", tool, folder, *words], capture_output=True, text=True, check=False, timeout=60
    )


def test_outside_programs_and_the_single_file_accept_it(session: Session, agency: Agency, out: Path) -> None:
    done = _make(session, agency, out)
    assert bagit.Bag(str(out)).validate() is True
    command = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", out], capture_output=True, text=True, check=False
    )
    assert command.returncode == 0, command.stderr
    for each in done.copies:
        path = out / "data" / each.name
        with path.open("rb") as file, c2pa.Reader("video/mp4", file) as reader:
            assert reader.get_validation_state() == "Valid"
        words = ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream=codec_name", "-of", "json", path]
        probed = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
        assert [s["codec_name"] for s in probed["streams"]] == ["h264", "aac"]
    keys = out / "data" / "proofs" / "keys.json"
    said = _single_file(out, "--keys", str(keys))
    assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "PASS"), said.stdout + said.stderr
    assert verify_package(out, json.loads(keys.read_text())).ok


def test_what_lies_in_it(session: Session, agency: Agency, out: Path, checked: list[Path]) -> None:
    done = _make(session, agency, out)
    there = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    data = {p for p in there if p.startswith("data/")}
    assert there - data == {
        *("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "package-made.json"),
    }
    assert data == {
        *("data/copies/FOI-2026-088-1.mp4", "data/copies/FOI-2026-088-2.mp4", "data/index.json", "data/index.csv"),
        *("data/index.html", "data/letter.pdf", "data/proofs/bundle.json", "data/proofs/keys.json"),
        *("data/verify_disclosure.py", "data/README.txt"),
    }
    index = json.loads((out / "data/index.json").read_text())
    first = index["copies"][0]
    assert (first["sha256"], first["checked_sha256"]) == (done.copies[0].sha256, done.copies[0].made)
    assert first["recordings"] == ["r1"] and first["certified"] is True
    hidden = {(h["what"], h["reason"], h["places"], h["micros"]) for h in first["hidden"]}
    assert hidden == {("Face", "Third party", 1, 2_000_000), ("Sound made silent", "Youth", 1, 1_000_000)}
    assert first["left"][0]["reason"] == "Before the courts" and "MFIPPA" in first["left"][0]["rule"]
    rows = list(csv.DictReader(io.StringIO((out / "data/index.csv").read_text())))
    assert [r["what"] for r in rows] == ["given", "hidden", "hidden", "withheld"] * 2
    page = (out / "data/index.html").read_text()
    assert page.count("<video ") == 2 and 'src="copies/FOI-2026-088-1.mp4"' in page and "<script" not in page
    letter = "".join(p.extract_text() for p in pypdf.PdfReader(out / "data/letter.pdf").pages)
    assert "M. Virtanen" in letter and "Third party" in letter
    assert [p.name for p in checked] == ["FOI-2026-088-1.mp4", "FOI-2026-088-2.mp4"]


def test_nothing_that_people_wrote_for_themselves_is_in_it(session: Session, agency: Agency, out: Path) -> None:
    _make(session, agency, out)
    letter = "".join(p.extract_text() for p in pypdf.PdfReader(out / "data/letter.pdf").pages)
    everything = b"".join(p.read_bytes() for p in out.rglob("*") if p.is_file()) + letter.encode()
    for secret in (SECRET_WORDS, str(out.parent.parent), "Ofc. A. Niemi"):
        assert secret.encode() not in everything


def test_the_log_says_what_was_given_and_how_it_was_made(session: Session, agency: Agency, out: Path) -> None:
    done = _make(session, agency, out)
    (packed,) = _events(session, PackageMade.KIND)
    assert isinstance(packed, PackageMade)
    assert (packed.manifest, packed.of, packed.sealed) == (done.manifest, REQUEST.id, "")
    assert packed.files == tuple(c.sha256 for c in done.copies)
    made = {e.sha256: e for e in _events(session, CopyMade.KIND) if isinstance(e, CopyMade)}
    given = made[done.copies[0].sha256]
    assert given.recordings == ("r1",) and given.job == made[done.copies[0].made].job
    assert given.checks[0] == "every frame compared"


def test_without_a_certificate_it_says_so(session: Session, agency: Agency, out: Path) -> None:
    done = _make(session, agency, out, certified=False)
    assert all(c.sha256 == c.made and not c.certified for c in done.copies)
    assert _single_file(out).returncode == 0


def test_an_agency_that_has_no_certificate(tmp_path: Path, cached: Path, out: Path) -> None:
    agency = agency_of_copies(tmp_path / "other", cached)
    with custodian(agency) as session:
        done = _make(session, agency, out)
    assert "no certificate" in done.said[0] and not done.copies[0].certified


Harm = tuple[str, str]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("flip data/copies/FOI-2026-088-1.mp4", "not the file that was listed"),
        ("remove data/letter.pdf", "is listed and not there"),
        ("add data/copies/more.mp4", "it was added"),
        ("add note.txt", "it was added"),
        ("proof data/proofs/bundle.json", "not the file that was listed"),
        ("proof package-made.json", "Entry"),
        ("remove package-made.json", "package-made.json is missing"),
    ],
)
def test_what_was_changed_fails(session: Session, agency: Agency, out: Path, harm: str, said: str) -> None:
    _make(session, agency, out)
    how, name = harm.split(" ")
    path = out / name
    if how == "flip":
        flip(path, path.stat().st_size // 2)
    elif how == "remove":
        path.unlink()
    elif how == "add":
        path.write_bytes(b"more")
    else:
        bundle = json.loads(path.read_text())
        shown = bundle["logs"][0]["entries"][0]
        shown["payload"] = shown["payload"].replace("FOI", "FOO").replace("req-1", "req-2")
        path.write_text(json.dumps(bundle))
    found = _single_file(out)
    assert found.returncode == 1 and said in found.stdout, found.stdout
    assert found.stdout.splitlines()[-1] == "FAIL"


def test_lists_made_anew_after_a_change_do_not_help(session: Session, agency: Agency, out: Path) -> None:
    _make(session, agency, out)
    (out / "data/letter.pdf").write_bytes(b"another letter")
    bag = bagit.Bag(str(out))
    bag.save(manifests=True)
    assert bagit.Bag(str(out)).validate()
    found = _single_file(out)
    assert found.returncode == 1 and "the log says nothing of a package" in found.stdout


def test_a_manifest_of_a_stranger_is_seen(session: Session, agency: Agency, out: Path) -> None:
    _make(session, agency, out)
    own = make_certificate(agency.trust(), root_key(), now=lambda: agency.now).authority
    assert verify_package(out, authority=own).ok  # another certificate, the same authority
    stranger = certificate.issue(station_key(), "Others", agency.now, Utc(agency.now + YEAR), Utc(agency.now + YEAR))
    found = verify_package(out, authority=stranger.authority)
    assert [p.rpartition(": ")[2] for p in found.problems] == ["its C2PA manifest reads as Valid."] * 2


def test_a_certificate_that_was_revoked_holds_for_what_the_log_has_from_before(
    session: Session, agency: Agency, out: Path
) -> None:
    _make(session, agency, out)
    trust = agency.trust()
    ends = [
        revoke_certificate(trust, root_key(), 1, Utc(since), "the key was lost", now=lambda: agency.now)
        for since in (agency.now + YEAR, agency.now - YEAR)
    ]
    later = verify_package(out, ended=ends[:1])
    assert later.ok and sum("the log has the copy from before" in each for each in later.remarks) == 2
    found = verify_package(out, ended=ends)  # the earliest counts
    assert not found.ok and len(found.problems) == 2
    assert all("no longer holds" in each and "the key was lost" in each for each in found.problems)
    bundle = out / "data" / "proofs" / "bundle.json"
    bundle.write_text("{}")  # what proves nothing says no time
    assert (
        sum("no entry has the copy from before" in each for each in verify_package(out, ended=ends[:1]).problems) == 2
    )


def test_a_package_says_that_the_certificate_no_longer_holds(session: Session, agency: Agency, out: Path) -> None:
    trust = agency.trust()
    revoke_certificate(trust, root_key(), 1, agency.now, "the key was lost", now=lambda: agency.now)
    done = _make(session, agency, out)
    assert "no longer holds since" in done.said[0] and "no C2PA manifest" in done.said[0]
    assert not any(copy.certified for copy in done.copies)


def test_keys_of_another_agency_do_not_verify_it(session: Session, agency: Agency, out: Path) -> None:
    _make(session, agency, out)
    keys = json.loads((out / "data/proofs/keys.json").read_text())
    keys["logs"] = [{**each, "origin": each["origin"] + "x"} for each in keys["logs"]]
    found = verify_package(out, keys)
    assert not found.ok and "No key is known" in found.problems[0]


def test_what_was_not_released_or_is_another_file_is_refused(session: Session, agency: Agency, out: Path) -> None:
    home = out.parent.parent
    waits = rendered(session, home / "waits.mp4", released=False)
    other = rendered(session, home / "other.mp4", of="req-2")
    for path, said in ((waits, "was not released"), (other, "no copy that was made for this request")):
        with pytest.raises(ReviewerError, match=said):
            make_package(session, asked(out, path), {}, zone=ZONE)
    changed = rendered(session, home / "changed.mp4")
    flip(changed)
    with pytest.raises(ReviewerError, match="no copy that was made"):
        make_package(session, asked(out, changed), {}, zone=ZONE)
    with pytest.raises(ReviewerError, match="No copy is in the package"):
        make_package(session, asked(out), {}, zone=ZONE)
    assert not out.parent.exists() or not list(out.parent.iterdir())


def test_a_mask_without_a_reason_does_not_leave(session: Session, agency: Agency, out: Path) -> None:
    copy = rendered(session, out.parent.parent / "one.mp4")
    wanted = asked(out, copy)
    bare = replace(wanted.redaction, masks=(replace(wanted.redaction.masks[0], reason=""),))
    with pytest.raises(ReviewerError, match="M1 has no reason"):
        make_package(session, replace(wanted, redaction=bare), {}, zone=ZONE)


def test_a_check_that_fails_leaves_nothing(
    session: Session, agency: Agency, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure_copies, "check_copy", lambda *_: Checked(("A face is to be seen.",), ()))
    with pytest.raises(IntegrityError, match="A face is to be seen"):
        _make(session, agency, out)
    assert list(out.parent.iterdir()) == [] and _events(session, PackageMade.KIND) == []


def test_it_can_be_stopped_and_tells_how_far_it_is(session: Session, agency: Agency, out: Path) -> None:
    copy = rendered(session, out.parent.parent / "one.mp4")
    steps: list[Step] = []
    make_package(session, asked(out, copy), {}, zone=ZONE, progress=steps.append)
    assert steps and all(0 <= s.done <= s.total for s in steps)
    with pytest.raises(PackageCancelled):
        make_package(session, asked(out.with_name("two"), copy), {}, zone=ZONE, cancelled=lambda: bool(steps))
    assert [p.name for p in out.parent.iterdir()] == [out.name]
    with pytest.raises(ReviewerError, match="There is something at"):
        make_package(session, asked(out, copy), {}, zone=ZONE)


def test_who_is_off_the_case_packs_nothing(session: Session, agency: Agency, out: Path) -> None:
    copy = rendered(session, out.parent.parent / "one.mp4")
    agency.assign("r1")  # to K. Salo and S. Aro
    with pytest.raises(AccessRefused, match="not on this case"):
        make_package(session, asked(out, copy), {}, zone=ZONE)
    assert not out.exists()


def test_no_room_is_said_before_anything_is_written(
    session: Session, agency: Agency, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = rendered(session, out.parent.parent / "one.mp4")
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(9, 9, 1 << 20))
    with pytest.raises(NoRoom, match="no room left"):
        make_package(session, asked(out, copy), {}, zone=ZONE)
    assert list(out.parent.iterdir()) == [] and _events(session, PackageMade.KIND) == []


@pytest.mark.parametrize("at", ["copies", "index.json", "manifest-sha256.txt", "package-made.json"])
def test_a_disk_that_fills_up_meanwhile_leaves_nothing(
    session: Session, agency: Agency, out: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    copy = rendered(session, out.parent.parent / "one.mp4")
    real = disk.write_atomically

    def full(path: Path, data: bytes, mode: int = 0o600) -> None:
        if path.name == at:
            raise disk.disk_error(path, OSError(errno.ENOSPC, "full"))
        real(path, data, mode)

    monkeypatch.setattr(disclosure_package, "write_atomically", full)
    if at == "copies":
        monkeypatch.setattr(disclosure_copies.os, "fsync", lambda _handle: _raise(OSError(errno.ENOSPC, "full")))
    with pytest.raises(NoRoom):
        make_package(session, asked(out, copy), {}, zone=ZONE)
    assert list(out.parent.iterdir()) == []


def _raise(wrong: OSError) -> None:
    raise wrong


def test_a_refusal_is_a_package_of_a_letter(session: Session, agency: Agency, out: Path) -> None:
    refused = replace(REQUEST, answer=Answer.REFUSED)
    with pytest.raises(ReviewerError, match="No reason is given"):
        make_package(session, asked(out, request=refused), {}, zone=ZONE)
    given = replace(refused, refusals=("court",))
    make_package(session, asked(out, request=given), {}, zone=ZONE)
    letter = "".join(p.extract_text() for p in pypdf.PdfReader(out / "data/letter.pdf").pages)
    assert "We refuse your request for: Before the courts" in letter.replace("\n", " ")
    assert bagit.Bag(str(out)).validate() and _single_file(out).returncode == 0
