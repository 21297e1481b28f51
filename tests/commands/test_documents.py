"""Documents by the command line: attached, seen by a colleague, given out, refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.commands import documents as commands
from tests.commands.conftest import CUSTODY, Run, by
from tests.papers.made import pdf


@pytest.fixture
def case(agency: Path, run: Run) -> str:
    members = ("--member", "salo:investigator", "--member", "aro:supervisor")
    why = ("--title", "A street", "--incident", "INC-77", "--purpose", "complaint", "--reason", "a neighbour")
    done = run("assign", "CR-1", *why, *members, *by("aro"), *CUSTODY)
    assert done["status"] == 0, done["err"]
    return "CR-1"


def test_from_a_file_to_a_colleague_and_out_again(case: str, agency: Path, run: Run) -> None:
    (agency / "Report.pdf").write_bytes(pdf(3))
    added = run("documents", "attach", case, "Report.pdf", "--what", "statement", *by("salo"))
    assert (added["status"], added["pages"], added["kind"]) == (0, 3, "pdf"), added["err"]
    twice = run("documents", "attach", case, "Report.pdf", *by("salo"))
    assert (twice["status"], twice["error"]) == (1, "“Report.pdf” is attached already, as “Report.pdf”.")

    assert run("log", "follow", *by("aro"))["status"] == 0
    (seen,) = run("documents", case, *by("aro"))["documents"]
    assert (seen["name"], seen["what"], seen["here"], seen["read"]) == ("Report.pdf", "statement", True, [])
    done = run("documents", "export", case, seen["id"][:8], "out.pdf", *by("aro"))
    assert Path(done["file"]).read_bytes() == (agency / "Report.pdf").read_bytes()

    assert run("documents", "withdraw", case, added["id"][:8], *by("salo"))["withdrawn"] == added["id"]
    assert run("documents", case, *by("salo"))["documents"] == []
    assert commands.do_list.__doc__


def test_what_a_person_may_get_wrong(case: str, agency: Path, run: Run) -> None:
    (agency / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    with (agency / "large.zip").open("wb") as large:
        large.truncate(2_000_000_000)
    for words, says in (
        (("attach", case, "broken.pdf"), "“broken.pdf” is damaged: it cannot be read as a PDF."),
        (("attach", case, "large.zip"), "“large.zip” has 2.0 GB; a document may have 200 MB."),
        (("attach", case, "missing.pdf"), "missing.pdf cannot be read: No such file or directory."),
        (("export", case, "ffff", "out.pdf"), "CR-1 has no document ffff."),
    ):
        done = run("documents", *words, *by("salo"))
        assert (done["status"], done["error"]) == (1, says)
    kept = run("documents", "attach", case, "broken.pdf", "--unopened", *by("salo"))
    assert (kept["status"], kept["kind"]) == (0, "file")
