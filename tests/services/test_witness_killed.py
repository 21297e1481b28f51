"""kill -9 at any moment: what a witness has said, it knows afterwards; and it never says two things."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

from reviewer.audit.note import Verifier
from reviewer.audit.witnessing import Kept
from reviewer.domain.roster import Witness
from reviewer.services.witness import WitnessFolder
from reviewer.services.witnessing import Cosigned, believed, standing, witness_path
from tests.services.witness_site import ACCESS, Site

ROOT = Path(__file__).parents[2]
KILLS = 12
_LONGEST = 0.4  # s that a child may live after its first word


def _kill_one(site: Site, moment: float) -> None:
    words = [sys.executable, "-m", "tests.services.witness_child"]
    where = [str(site.folder / "records-01"), site.store.location, site.root]
    with subprocess.Popen([*words, *where], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        grown = threading.Event()
        threading.Timer(moment, child.kill).start()
        while child.poll() is None and not grown.wait(0):
            site.write(1)
        assert child.wait(10) == -signal.SIGKILL


def test_what_was_said_is_known_after_a_kill(tmp_path: Path) -> None:
    site, chance = Site(tmp_path), random.Random(5)  # noqa: S311 - moments, not keys
    site.witness("records-01")
    log = Verifier(ACCESS, site.salo_key())
    named: Witness = site.trust().roster().witnesses[0]
    folder = WitnessFolder(site.folder / "records-01")
    said: list[Cosigned] = []
    for _ in range(KILLS):
        site.write(1)
        _kill_one(site, chance.uniform(0, _LONGEST))
        word = believed(log, named, site.store.get(witness_path("records-01", ACCESS)))
        state = folder.load(ACCESS)
        assert state is not None
        kept = believed(log, named, folder.cosigner().cosign(Kept.from_bytes(state).note, log, 1))
        assert word.size <= kept.size, "nothing was said that is not kept"
        if word.size == kept.size:
            assert word.root == kept.root
        said.append(word)
    assert [each.size for each in said] == sorted(each.size for each in said)
    assert len({each.size for each in said}) > KILLS // 2, "the kills fell while it worked"
    site.job("records-01").run()
    assert site.job("records-01").run().refused == ()
    assert standing(site.trust(), ACCESS).problems == ()
