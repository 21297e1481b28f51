"""The report on paper by itself: the same bytes for the same report, every character said, rows never torn apart."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf

from reviewer import config
from reviewer.domain.log_report import LogHead, LogReport, LogRow
from reviewer.domain.timebase import parse_rfc3339
from reviewer.exports.log_pdf import to_pdf
from reviewer.exports.parcel import manifest_of, zip_of

AT = parse_rfc3339("2026-07-28T11:02:11.500000Z")
FONTS = config.resource("fonts")
ORIGIN = "helsinki.example/IA-04/salo/access/1"


def row(index: int, what: str = "Camera 1 · 1× · sound on") -> LogRow:
    local = "28 Jul 2026 14:02:11.500000"
    said = ("K. Salo 0417", "View ended", what, "complaint", "CR-2026-0142", "r1", "view_closed", "witnessed ×2")
    return LogRow(ORIGIN, index, AT, local, "UTC+3", *said, f"{index:064x}", None, True)


def report(*rows: LogRow) -> LogReport:
    head = LogHead(ORIGIN, len(rows), 4128, "cd" * 32, ("Witness records-01 saw 4,128 entries.",))
    facts = (("Entries", str(len(rows))),)
    proven, not_proven = ("Each stands.",), ("Who looked.",)
    return LogReport(
        "Signed log", "Helsinki", AT, "K. Salo", "UTC", facts, (head,), proven, not_proven, rows, "ef" * 32
    )


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(data)).pages]


def test_the_same_report_is_the_same_file() -> None:
    rows = [row(n) for n in range(40)]
    assert to_pdf(report(*rows), FONTS) == to_pdf(report(*rows), FONTS)


def test_what_the_fonts_lack_is_said_as_its_number() -> None:
    words = "\n".join(pages(to_pdf(report(row(1, "Ääkköset · Łódź · Київ · 漢 · \u0627")), FONTS)))
    assert "Ääkköset · Łódź · Київ · [U+6F22] · [U+0627]" in words.replace("\n", " ")


def test_an_entry_and_its_hash_stand_on_one_page() -> None:
    rows = [row(n, "many words " * (n % 9)) for n in range(60)]
    found = pages(to_pdf(report(*rows), FONTS))
    for each in rows:
        (page,) = (text for text in found if each.leaf in text)
        assert f"\n{each.index}\n" in f"\n{page}\n" or f"{each.index} " in page
    assert all(f"page {n} of {len(found)}" in text for n, text in enumerate(found, 1))


def test_a_word_longer_than_its_column_is_broken_and_whole() -> None:
    words = "".join(pages(to_pdf(report(row(1, "x" * 400)), FONTS))).replace("\n", "")
    assert words.count("x") >= 400


def test_an_empty_report_is_a_first_page() -> None:
    assert len(pages(to_pdf(replace(report(), heads=()), FONTS))) == 1


def test_another_program_finds_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(to_pdf(report(row(1)), FONTS))
    subprocess.run(["qpdf", "--check", "report.pdf"], cwd=tmp_path, check=True, capture_output=True)


def test_a_parcel_is_the_same_for_the_same_files() -> None:
    files = {"b.txt": b"b", "a.txt": b"a"}
    assert zip_of(files, "x", AT) == zip_of(dict(reversed(files.items())), "x", AT)
    assert manifest_of(files).decode().splitlines()[0].endswith("  a.txt")
