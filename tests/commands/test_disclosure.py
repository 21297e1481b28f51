"""Copies for others on the command line: the register, the certificate, a package that is made, verified, opened."""

from __future__ import annotations

import csv
import json
import zipfile
from base64 import b64decode
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from reviewer.commands import disclosure
from reviewer.domain.making_acts import CopyMade, CopyReleased
from reviewer.domain.redaction import Redaction
from reviewer.services import disclosure_copies
from reviewer.services.case import CaseFile
from reviewer.services.copy_check import Checked
from reviewer.services.disclosure import Requests, plan_of
from reviewer.services.footage import Footage
from reviewer.services.rendering_job import plan_sha256
from reviewer.services.session import log_on
from reviewer.services.trust import Trust
from reviewer.services.vault import Vault
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.commands.conftest import CUSTODY, ROOT, Run, by
from tests.services.copies_room import film

CASE = "FOI-2026-088"


@pytest.fixture
def case(agency: Path, run: Run) -> str:
    """The docked recording, assigned to P. Hill for a request."""
    recording = _film(agency)
    words = ("--title", "A request", "--member", "hill:custodian", "--purpose", "disclosure", "--reason", "Request")
    made = run("assign", "new", CASE, "--recording", recording, *words, *by("aro"), *CUSTODY)
    assert made["status"] == 0, made["err"]
    return recording


def _film(agency: Path) -> str:
    """The id of the docked film; a still lies beside it."""
    envelopes = [json.loads(p.read_bytes()) for p in (agency / "store" / "recordings").glob("*/1.json")]
    manifests = [json.loads(b64decode(each["payload"])) for each in envelopes]
    return next(m["recording_id"] for m in manifests if m["kind"] == "video")


def _released(agency: Path, number: str) -> Path:
    """A file as if rendering had made it by the plan of the request, and P. Hill had released it."""
    workspace = Workspace(agency / "home")
    trust = Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
    path = film(agency / "copy.mp4")
    session = log_on(workspace, trust, "hill", "secret of hill")
    try:
        assignment = session.open_case(CASE)
        vault = Vault(workspace, trust, session.grants, session.journal.record)
        camera = Footage(vault, trust, workspace, assignment).cameras()[0]
        with closing(session.queries()) as queries:
            file = CaseFile(session.journal.record, queries, CASE)
            request = next(r for r in Requests(file).all() if r.number == number)
        plan = plan_sha256(plan_of(request, camera.manifest, Redaction()))
        data = path.read_bytes()
        digest = sha256(data).hexdigest()
        recordings = (camera.manifest.recording_id,)
        made = CopyMade(
            CASE, "j", "disclosure", request.id, plan, recordings, path.name, digest, len(data), ("looked",)
        )
        session.journal.record(made).result()
        session.journal.record(CopyReleased(CASE, request.id, digest)).result()
    finally:
        session.log_off()
    return path


def _registered(run: Run, **more: str) -> dict[str, Any]:
    words = [w for name, value in more.items() for w in (f"--{name}", value)]
    return run("disclosure", "register", CASE, "--requester", "M. Virtanen", *words, *by("hill"))


def test_a_request_is_registered_and_listed_with_its_clock(agency: Path, run: Run, case: str) -> None:
    made = _registered(run, received="2026-06-01T08:00:00Z", asked="the evening", recording=case)
    assert (made["status"], made["number"]) == (0, "FOI-2026-001"), disclosure.disclosure_register.__doc__
    found = run("disclosure", "list", CASE, "--csv", "register.csv", *by("hill"))
    (row,) = found["requests"]
    assert (row["requester"], row["due"][:10], row["answer"]) == ("M. Virtanen", "2026-07-01", "")
    (line,) = csv.DictReader((agency / "register.csv").read_text().splitlines())
    assert line["number"] == "FOI-2026-001" and line["left"] == row["left"]
    refused = _registered(run, recording="nothing")
    assert (refused["status"], "is no recording" in refused["error"]) == (1, True)


def test_the_root_makes_the_certificate_and_it_is_shown(agency: Path, run: Run) -> None:
    assert run("agency", "certificate", "--show")["status"] == 1
    assert run("agency", "certificate")["error"] == "Making a certificate needs the root’s key."
    made = run("agency", "certificate", *ROOT)
    assert (made["n"], sorted(made["people"])) == (1, ["aro", "hill", "salo"])
    assert run("agency", "certificate", "--show")["authority"] == made["authority"]
    assert run("store", "check")["status"] == 0  # it is no stranger there
    assert run("log", "verify")["ok"]


def test_a_package_is_made_verified_and_opened(
    agency: Path, run: Run, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure_copies, "check_copy", lambda *_: Checked((), ("every frame compared",)))
    run("agency", "certificate", *ROOT)
    number = _registered(run, recording=case)["number"]
    copy = _released(agency, number)
    pack = ("disclosure", "package", CASE, number)
    made = run(*pack, "given", "--copy", copy, *by("hill"))
    assert made["status"] == 0, made["err"]
    assert made["copies"][0]["certified"] is True
    assert run("disclosure", "verify", "given")["ok"] is True
    keys = run("log", "keys")
    (agency / "keys.json").write_text(json.dumps({k: keys[k] for k in ("logs", "witnesses", "quorum")}))
    assert run("disclosure", "verify", "given", "--keys", "keys.json")["ok"] is True
    (agency / "given" / "data" / "letter.pdf").write_bytes(b"other")
    failed = run("disclosure", "verify", "given")
    assert (failed["status"], failed["out"].splitlines()[-2]) == (1, "FAIL")
    assert run("disclosure", "verify", "store")["status"] == 1
    (agency / "word.txt").write_text("long enough for a ZIP\n")
    assert run(*pack, "shut", "--copy", copy, "--password-file", "word.txt", *by("hill"))["status"] == 0
    assert zipfile.is_zipfile(agency / "shut.zip")
    assert run("disclosure", "open", "shut.zip", "opened", "--password-file", "word.txt")["status"] == 0
    assert run("disclosure", "verify", "opened")["ok"] is True
    public = run("key", "new", "lawyer", "--out", "lawyer.json", "--passphrase-file", "word.txt")["sealing"]
    assert run(*pack, "sealed", "--copy", copy, "--to", public, *by("hill"))["status"] == 0
    words = ("--key", "lawyer.json", "--passphrase-file", "word.txt")
    assert run("disclosure", "open", "sealed.sealed", "unsealed", *words)["status"] == 0
    assert run("disclosure", "verify", "unsealed")["ok"] is True


def test_what_was_not_made_here_is_refused(agency: Path, run: Run, case: str) -> None:
    number = _registered(run, recording=case)["number"]
    stranger = film(agency / "stranger.mp4")
    refused = run("disclosure", "package", CASE, number, "given", "--copy", stranger, *by("hill"))
    assert refused["status"] == 1 and "no copy that was made for this request" in refused["error"]
    assert not (agency / "given").exists()
    nobody = run("disclosure", "package", CASE, "FOI-1", "given", *by("hill"))
    assert nobody["error"] == "There is no request “FOI-1”."
