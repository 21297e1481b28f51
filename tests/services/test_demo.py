"""The demo: one folder that is whole or not there, and that a person can log on to."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.case_acts import ClipSet, ReelSet, RequestSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.recording import Part, TrackRef
from reviewer.domain.reel import Clip, Reel, in_order
from reviewer.domain.request import Request
from reviewer.sealing import keyring
from reviewer.services import demo as demo_module
from reviewer.services.case import CaseFile
from reviewer.services.custody import Grants
from reviewer.services.demo import CASE, Demo, make_demo
from reviewer.services.demo_copies import REEL, REQUEST, TRAINING
from reviewer.services.queue import NextStep, case_manifests, read_queue
from reviewer.services.session import log_on
from reviewer.services.sync import Sync
from reviewer.services.trust import Trust
from reviewer.services.vault import Vault
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return make_demo(tmp_path_factory.mktemp("where") / "demo", cameras=5, seconds=4, seed=3)


def test_it_is_ready_to_log_on_fetch_and_open(demo: Demo) -> None:
    workspace = Workspace(demo.home)
    trust = Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
    salo = keyring.unlock(workspace.key_file("salo"), "demo-salo-0417")
    (case,) = read_queue(trust, workspace, "salo", grants=Grants(trust, salo)).cases
    assert (case.case_id, case.next_step, case.issued_by) == (CASE, NextStep.FETCH, "S. Aro")
    assert [r.officer for r in case.recordings] == [
        "Ofc. A. Niemi 2214",
        "Ofc. L. Korhonen 1873",
        "Ofc. M. Virtanen 2051",
        "Ofc. S. Laine 1940",
    ]
    assert [r.stills for r in case.recordings] == [0, 0, 0, 3]
    assert [n.officer for n in case.not_assigned] == ["1765"]  # a name is for whoever holds the key
    assert trust.notices == ()
    # Cards and packages say times as people there read them: by the agency's signed table.
    assert trust.roster().agency_tables.time_zone == "Europe/Helsinki"
    assert [c.case_id for c in read_queue(trust, workspace, "falk").cases] == [TRAINING]
    assert [c.case_id for c in read_queue(trust, workspace, "hill").cases] == [REQUEST]
    assert {c.case_id for c in read_queue(trust, workspace, "aro").cases} == {CASE, REQUEST}
    manifests = case_manifests(trust, trust.assignment(CASE)).good
    assert Sync(workspace, trust.store, lambda _: None).fetch(CASE, manifests).complete
    vault = Vault(workspace, trust, Grants(trust, salo), lambda _: None)
    for manifest in manifests:
        sealed: list[Part | TrackRef] = [*manifest.parts, *(t for t in manifest.tracks if t.object)]
        for what in sealed:
            with vault.open(manifest, what, CASE).open() as reader:
                assert reader.read(16)


def test_the_trainer_has_a_reel_and_the_custodian_a_request(demo: Demo) -> None:
    workspace = Workspace(demo.home)
    trust = Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
    session = log_on(workspace, trust, "falk", "demo-falk-0251")
    try:
        released = {each.recording_id for each in session.open_case(TRAINING).recordings}
        with closing(session.queries()) as queries:
            file = CaseFile(session.journal.record, queries, TRAINING)
            (reel,) = map(Reel.of, file.things(ReelSet))
            clips = in_order([Clip.of(each) for each in file.things(ClipSet)])
    finally:
        session.log_off()
    assert (reel.id, reel.title, reel.voices) == (REEL, "Distance, words, aid", True)
    assert [len(c.recordings) for c in clips] == [0, 1, 1, 2, 4]
    assert all(set(c.recordings) <= released and c.lasts > 0 for c in clips)
    asked = next(c for c in clips if c.question)
    assert {way.to for way in asked.branches} <= {c.id for c in clips}
    session = log_on(workspace, trust, "hill", "demo-hill-0033")
    try:
        session.open_case(REQUEST)
        with closing(session.queries()) as queries:
            file = CaseFile(session.journal.record, queries, REQUEST)
            (request,) = map(Request.of, file.things(RequestSet))
    finally:
        session.log_off()
    assert (request.number, request.second, len(request.recordings)) == (REQUEST, "aro", 1)
    assert request.start and request.end and request.start < request.end


def test_everybody_in_people_json_opens_their_key(demo: Demo) -> None:
    listing = json.loads((demo.folder / "people.json").read_text())
    assert "invented" in listing["warning"]
    for person in listing["people"]:
        inside = demo.home / "keys" / f"{person['id']}.json"
        path = inside if inside.exists() else demo.folder / "keys" / f"{person['id']}.json"
        assert keyring.unlock(path, person["passphrase"]).user == person["id"]


def test_a_second_run_says_that_it_is_there_and_does_nothing(demo: Demo) -> None:
    before = {p: p.stat().st_mtime_ns for p in demo.folder.rglob("*")}
    assert make_demo(demo.folder) == Demo(demo.folder, made=False)
    assert {p: p.stat().st_mtime_ns for p in demo.folder.rglob("*")} == before


def test_the_folder_can_be_moved(demo: Demo, tmp_path: Path) -> None:
    demo.folder.rename(tmp_path / "moved")
    workspace = Workspace(tmp_path / "moved" / "home")
    try:
        assert locate(workspace.store_location()).reachable()
    finally:
        (tmp_path / "moved").rename(demo.folder)


def test_what_lies_in_the_folder_is_never_taken_away(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "diary.txt").write_text("mine")
    with pytest.raises(ReviewerError, match="not empty"):
        make_demo(tmp_path / "demo")
    assert (tmp_path / "demo" / "diary.txt").read_text() == "mine"


def test_what_was_interrupted_leaves_nothing_and_is_started_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".demo.making" / "store").mkdir(parents=True)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_module, "make_footage", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_demo(tmp_path / "demo")
    assert [p.name for p in tmp_path.iterdir() if p.is_dir()] == []
