"""kill -9 while documents are attached: what was said to be attached is there whole, and nothing else goes out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.sealing import keyring
from reviewer.services.case import CaseFile
from reviewer.services.outgoing import Outgoing
from reviewer.services.paper_shelf import path_in_store
from reviewer.services.papers import Papers
from reviewer.services.session import log_on
from tests.services.agency import CASE, NOW, Agency, keys, station_key

GOOD = "correct horse"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_nothing_that_was_said_to_be_attached_is_lost(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    keyring.save(agency.workspace.key_file("salo"), keys("salo"), GOOD)
    keyring.save_station(agency.workspace.station_key, station_key())
    agency.recording("r1", b"footage")
    agency.assign("r1")
    said: set[str] = set()
    for run, (after, wait) in enumerate(((2, 0.003), (1, 0.04))):
        said |= killed(agency, 1_000 * run, after, wait)
    session = log_on(agency.workspace, agency.trust(), "K. Salo", GOOD, now=lambda: NOW)
    session.open_case(CASE)
    papers = Papers(agency.workspace, session)
    with closing(session.queries()) as queries:
        documents = CaseFile(session.journal.record, queries, CASE).documents()
    assert said <= {each.name for each in documents}
    for each in documents:  # also one whose entry was durable and not said yet
        with closing(papers.open(CASE, each).source()) as plain:
            assert plain.read() == f"{each.name.removesuffix('.txt')}\n".encode() * 20_000
    assert session.publisher.publish().trouble is None
    in_store = {path.name for path in (Path(agency.store.location) / "papers" / CASE).iterdir()}
    assert in_store == {each.object for each in documents}, "nothing half-written, nothing that no entry names"
    left = Outgoing(agency.workspace, session.room, agency.store).waiting()
    assert len(left) <= 2, "a note for each run that was killed between sealing and the entry, at most"
    assert all(not agency.store.exists(path_in_store(CASE, each.object)) for each in left)
    session.log_off()


def killed(agency: Agency, begin: int, after: int, wait: float) -> set[str]:
    """The names that a run said before it was killed, `wait` seconds after that many."""
    place = (str(agency.workspace.home), agency.store.location, agency.root, GOOD, str(begin))
    command = [sys.executable, "-m", "tests.services.papers_child", *place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline().strip() for _ in range(after)]
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(wait)
        os.kill(child.pid, signal.SIGKILL)
        said += child.stdout.read().split()
    assert all(said)
    return {f"{each}.txt" for each in said}
