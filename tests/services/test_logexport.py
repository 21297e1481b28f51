"""Export for court: what lies in it, that outside programs can read and check it, that nothing half-written stays."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pypdf
import pytest

from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.domain.log_acts import LogExported, LogExportEnded
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import EntryFilter
from reviewer.services import logexport
from reviewer.services.logexport import ALL, Asked, ExportCancelled, Exported, LogExport, Part, Step
from reviewer.services.logproof import Proofs
from reviewer.services.session import Session
from tests.services.agency import CASE, Agency
from tests.services.log_desk import NAMES, ZONE, agency_with_log, at_work, cosign, watch


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def agency(tmp_path: Path, cached: Path) -> Agency:
    return agency_with_log(tmp_path, cached)


@pytest.fixture
def session(agency: Agency) -> Iterator[Session]:
    with at_work(agency) as opened:
        watch(agency, opened)
        cosign(agency, opened, Utc(agency.now + 60 * SECOND))
        yield opened


def _export(session: Session, agency: Agency, asked: Asked) -> Exported:
    made = LogExport(
        session, asked, names=NAMES, zone=ZONE, zone_name="Europe/Helsinki", now=lambda: Utc(agency.now + 1)
    )
    return made.run()


def _acts(session: Session) -> list[object]:
    with closing(session.queries()) as queries:
        kinds = (LogExported.KIND, LogExportEnded.KIND)
        return [each.event for each in queries.entries(EntryFilter(kinds=kinds))][::-1]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "court" / "CR-2026-0142"


def test_an_export_stands_in_the_log_before_and_after_its_files(session: Session, agency: Agency, out: Path) -> None:
    done = _export(session, agency, Asked(EntryFilter(case=CASE), out))
    begun, ended = _acts(session)
    assert isinstance(begun, LogExported) and isinstance(ended, LogExportEnded)
    assert (begun.entries, begun.notes, begun.case) == (5, False, CASE)
    assert "in CR-2026-0142" in begun.filter
    bundle = (out / "bundle.json").read_bytes()
    assert ended.bundle == done.bundle == sha256(bundle).hexdigest()
    assert ended.manifest == sha256((out / "MANIFEST.sha256").read_bytes()).hexdigest()
    assert ended.files == len(list(out.iterdir())) == done.files
    assert done.problems == ()


def test_the_manifest_is_what_sha256sum_reads(session: Session, agency: Agency, out: Path) -> None:
    _export(session, agency, Asked(EntryFilter(), out))
    subprocess.run(["sha256sum", "--quiet", "-c", "MANIFEST.sha256"], cwd=out, check=True)
    named = {line.split("  ")[1] for line in (out / "MANIFEST.sha256").read_text().splitlines()}
    assert named == {each.name for each in out.iterdir()} - {"MANIFEST.sha256"}


def test_the_verifier_in_the_export_passes_it_and_fails_a_changed_one(
    session: Session, agency: Agency, out: Path
) -> None:
    _export(session, agency, Asked(EntryFilter(), out))

    def verify() -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-I", "verify_log.py", "bundle.json", "--keys", "keys.json"]
        return subprocess.run(words, cwd=out, capture_output=True, text=True, check=False)

    good = verify()
    assert (good.returncode, "PASS" in good.stdout) == (0, True), good.stdout + good.stderr
    bundle = json.loads((out / "bundle.json").read_text())
    shown = next(e for log in bundle["logs"] for e in log["entries"] if e["payload"])
    shown["payload"] = shown["payload"].replace("salo", "aro") + " "
    (out / "bundle.json").write_text(json.dumps(bundle))
    bad = verify()
    assert bad.returncode != 0 and "FAIL" in bad.stdout


def test_internal_notes_stay_sealed_unless_they_are_asked_for(session: Session, agency: Agency, out: Path) -> None:
    _export(session, agency, Asked(EntryFilter(case=CASE), out))
    _export(session, agency, Asked(EntryFilter(case=CASE), out.with_name("with"), notes=True))
    for folder, notes in ((out, False), (out.with_name("with"), True)):
        everything = b"".join(each.read_bytes() for each in folder.iterdir() if each.suffix != ".pdf")
        assert (b"A1 to A3" in everything) is notes
        bundle = json.loads((folder / "bundle.json").read_text())
        kinds = {
            json.loads(e["entry"])["kind"]: e["payload"] is not None for log in bundle["logs"] for e in log["entries"]
        }
        assert kinds["bookmark_added"] is kinds["reason_stated"] is notes
        assert kinds["view_closed"] is True


def test_entries_that_were_not_chosen_are_not_in_it(session: Session, agency: Agency, out: Path) -> None:
    _export(session, agency, Asked(EntryFilter(kinds=("view_closed",)), out))
    bundle = json.loads((out / "bundle.json").read_text())
    assert [json.loads(e["entry"])["kind"] for log in bundle["logs"] for e in log["entries"]] == ["view_closed"]
    assert "logged_on" not in (out / "bundle.json").read_text()


def test_the_report_is_read_by_another_program(session: Session, agency: Agency, out: Path) -> None:
    done = _export(session, agency, Asked(EntryFilter(), out))
    paper = pypdf.PdfReader(out / "report.pdf")
    pages = [page.extract_text() for page in paper.pages]
    words = "\n".join(pages)
    for number, page in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in page
    for expected in ("What it does not prove", "Filter", "K. Salo 0417", "witnessed ×1", "UTC", done.bundle):
        assert expected in words
    leaves = {line for line in json.loads((out / "entries.json").read_text())["rows"] for line in [line["leaf"]]}
    assert all(leaf in words for leaf in leaves)
    about = paper.xmp_metadata
    assert about is not None and about.dc_creator == ["K. Salo 0417, Helsinki Example Police"]
    assert (about.pdfaid_part, about.pdfaid_conformance) == ("2", "U")
    fonts = [f.get_object()["/DescendantFonts"][0].get_object() for f in _fonts(paper)]
    assert fonts and all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def _fonts(paper: pypdf.PdfReader) -> list[pypdf.generic.DictionaryObject]:
    return [f for page in paper.pages for f in page["/Resources"]["/Font"].values()]  # type: ignore[index]


def test_a_table_is_harmless_in_a_spreadsheet(session: Session, agency: Agency, out: Path) -> None:
    _export(session, agency, Asked(EntryFilter(), out, frozenset({Part.CSV}), notes=True))
    data = (out / "entries.csv").read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == 6 + 1
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    assert rows[-1]["utc"] == "2026-06-13T20:00:00.000000Z" and rows[-1]["utc_offset"] == "UTC+3"
    assert {path.name for path in out.iterdir()} == {"entries.csv", "README.txt", "MANIFEST.sha256"}


def test_a_zip_has_the_same_files(session: Session, agency: Agency, out: Path) -> None:
    done = _export(session, agency, Asked(EntryFilter(), out.with_suffix(".zip")))
    with zipfile.ZipFile(done.path) as packed:
        assert packed.testzip() is None
        names = {Path(name).name for name in packed.namelist()}
        manifest = packed.read("CR-2026-0142/MANIFEST.sha256")
    assert names == {*logexport.FILES.values(), "keys.json", "README.txt", "MANIFEST.sha256"}
    assert sha256(manifest).hexdigest() == done.manifest


def test_what_is_not_witnessed_is_said_before_the_verifier_says_it(session: Session, agency: Agency, out: Path) -> None:
    session.state_reason(CASE, "complaint", "later").result()
    done = _export(session, agency, Asked(EntryFilter(case=CASE), out))
    assert done.problems and "witnesses are demanded" in done.problems[0]
    assert "FAIL" in (out / "README.txt").read_text()


def test_a_name_that_is_taken_is_refused_and_nothing_is_recorded(session: Session, agency: Agency, out: Path) -> None:
    out.mkdir(parents=True)
    with pytest.raises(ReviewerError, match="already"):
        _export(session, agency, Asked(EntryFilter(), out))
    assert _acts(session) == []


def test_stopped_or_failed_nothing_is_left_and_the_log_says_so(
    session: Session, agency: Agency, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export: LogExport

    def at_once(_step: Step) -> None:
        export.cancel()

    export = LogExport(session, Asked(EntryFilter(), out), names=NAMES, zone=ZONE, progress=at_once)
    with pytest.raises(ExportCancelled):
        export.run()
    full = ReviewerError("There is no room left.", "Make room.")

    def fails(*_args: object, **_words: object) -> None:
        raise full

    monkeypatch.setattr(logexport, "write_atomically", fails)
    with pytest.raises(ReviewerError, match="no room"):
        _export(session, agency, Asked(EntryFilter(), out))
    assert list(out.parent.iterdir()) == []
    ended = [each for each in _acts(session) if isinstance(each, LogExportEnded)]
    assert [each.problem for each in ended] == ["The export was stopped; nothing of it was kept.", full.message]


def test_no_entry_no_export(session: Session, agency: Agency, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_event: object) -> object:
        raise LogUnwritable("The log cannot be written.", "Make room.")

    monkeypatch.setattr(session.journal, "record", refused)
    with pytest.raises(LogUnwritable):
        _export(session, agency, Asked(EntryFilter(), out))
    assert not out.parent.exists() or list(out.parent.iterdir()) == []


def test_an_entry_lies_between_two_cosignatures(session: Session, agency: Agency) -> None:
    origin = session.journal.verifiers[0].name
    proofs = Proofs(session)
    first = proofs.entry(origin, 0)
    proofs.close()
    size = first.size
    session.state_reason(CASE, "complaint", "later").result()
    cosign(agency, session, Utc(agency.now + 120 * SECOND))
    proofs = Proofs(session)
    later = proofs.entry(origin, size)
    proofs.close()
    assert first.holds and first.bracket.after is None and first.bracket.before == agency.now + 60 * SECOND
    assert later.bracket == replace(later.bracket, after=agency.now + 60 * SECOND, before=agency.now + 120 * SECOND)
    assert [each.name for each in later.witnessed] == ["records-01"]


def test_every_part_has_a_file() -> None:
    assert set(logexport.FILES) == set(Part) == ALL
