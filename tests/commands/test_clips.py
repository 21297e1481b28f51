"""Footage as it is for a prosecutor, on the command line, and from a file back to where it came from."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from reviewer.commands import clips
from tests.commands.conftest import CUSTODY, Run, by

CASE = "PR-2026-007"


@pytest.fixture
def recording(agency: Path, run: Run) -> str:
    """The docked film, assigned to P. Hill, who has it here."""
    envelopes = [json.loads(p.read_bytes()) for p in (agency / "store" / "recordings").glob("*/1.json")]
    manifests = [json.loads(b64decode(each["payload"])) for each in envelopes]
    found: str = next(m["recording_id"] for m in manifests if m["kind"] == "video")
    words = ("--title", "A request", "--member", "hill:custodian", "--purpose", "disclosure", "--reason", "Request")
    made = run("assign", "new", CASE, "--recording", found, *words, *by("aro"), *CUSTODY)
    assert made["status"] == 0, made["err"]
    assert run("sync", *by("hill"))["status"] == 0
    return found


def _registered(run: Run, kind: str) -> str:
    words = ("--kind", kind, "--requester", "Crown, R. Lind")
    made = run("disclosure", "register", CASE, *words, *by("hill"))
    assert made["status"] == 0, made["err"]
    return str(made["number"])


def test_from_a_request_of_a_prosecutor_to_a_package_whose_files_are_traced(
    agency: Path, run: Run, recording: str
) -> None:
    number, out = _registered(run, "prosecution"), agency / "given"
    planned = run("disclosure", "clip", CASE, number, out, "--plan", *by("hill"))
    assert [each["as_is"] for each in planned["clips"]] == [True, True], planned["err"]
    clip = run("disclosure", "clip", CASE, number, out, *by("hill"))["files"]
    whole = run("disclosure", "clip", CASE, number, out, "--original", "--release", *by("hill"))["files"]
    assert {each["form"] for each in clip} == {"clip"} and len(clip) == 2
    assert {each["form"] for each in whole} == {"original"}
    assert [Path(each["path"]).suffix for each in whole][-1] == ".json"
    copies = [word for each in (*clip, *whole) for word in ("--copy", each["path"])]
    packed = run("disclosure", "package", CASE, number, agency / "package", *copies, *by("hill"))
    assert packed["status"] == 0, packed["err"]
    assert run("disclosure", "verify", agency / "package")["status"] == 0
    for each in (*clip, *whole):
        found = _traced(run, Path(each["path"]))
        (source,) = found["recordings"]
        assert source["officer"] and (source["id"] == recording or each in whole)  # a still lies beside the film
        assert [r["number"] for r in found["requests"]] == [number]
        assert [p["id"] for p in found["people"]] == ["hill"]
        kinds = [entry["kind"] for entry in found["entries"]]
        assert kinds[:2] == ["render_begun", "copy_made"] and kinds[-1] == "package_made"
    assert _traced(run, Path(whole[0]["path"]))["original"] == recording
    given = sorted((agency / "package" / "data" / "copies").iterdir())
    assert all(_traced(run, each)["known"] for each in given)


def _traced(run: Run, path: Path) -> dict[str, Any]:
    found = run("disclosure", "trace", path, *by("hill"))
    assert found["status"] == 0, found["err"]
    return found


def test_a_file_that_nobody_made_is_known_to_nobody(agency: Path, run: Run, recording: str) -> None:
    other = agency / "other.mp4"
    other.write_bytes(b"something else")
    found = run("disclosure", "trace", other, *by("hill"))
    assert found["status"] == 1 and not found["known"] and found["recordings"] == []


def test_what_hides_others_is_not_answered_with_footage_as_it_is(agency: Path, run: Run, recording: str) -> None:
    number = _registered(run, "access")
    refused = run("disclosure", "clip", CASE, number, agency / "given", *by("hill"))
    assert refused["status"] == 1 and "hides others" in refused["error"]
    assert not (agency / "given").exists()


def test_a_recording_that_is_not_of_the_case_is_refused(agency: Path, run: Run, recording: str) -> None:
    number = _registered(run, "court")
    refused = run("disclosure", "clip", CASE, number, agency / "given", "--recording", "another", *by("hill"))
    assert refused["status"] == 1 and "no recording" in refused["error"]


def test_a_time_that_is_none_is_said_before_anybody_logs_on(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("disclosure", "clip", CASE, "PR-1", "out", "--still", "yesterday")
    assert "“yesterday” is no time" in capsys.readouterr().err
    assert clips.disclosure_clip.__doc__ is not None
