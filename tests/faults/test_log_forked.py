"""The log of the person at the window was written on elsewhere too: what is shown stops, and says what to do."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from reviewer.domain.events import BookmarkWithdrawn, LogName
from reviewer.records.database import open_reader
from reviewer.services.demo import CASE
from reviewer.services.journal import Journal
from reviewer.services.publish import OwnLog, Publisher
from tests.journeys.conftest import Person
from tests.journeys.test_gate import Watch, watch

__all__ = ["watch"]


def _a_copy_of_the_disk_goes_on(person: Person, folder: Path) -> None:
    """Somebody has a copy of this machine, writes a longer log with it and publishes that."""
    session, copy = person.desk.session, folder / "copy.sqlite"
    with closing(open_reader(session.room.records)) as conn:
        conn.execute("PRAGMA query_only=OFF")
        conn.execute("VACUUM INTO ?", (str(copy),))
    origins = {LogName(verifier.name.split("/")[3]): verifier.name for verifier in session.journal.verifiers}
    with closing(Journal(copy, origins, session.keys.signing)) as journal:
        for n in range(400):
            journal.record(BookmarkWithdrawn("elsewhere", f"b{n}")).result()
    own = [OwnLog(origin, session.keys.signing, session.roster.custody_keys) for origin in origins.values()]
    assert Publisher(copy, own, session.trust.store).publish().trouble is None


def test_a_fork_that_publishing_finds_stops_every_picture_and_stays(
    watch: Watch, reviewing: Person, tmp_path: Path
) -> None:
    reviewing.lives(200)
    assert watch.painted
    _a_copy_of_the_disk_goes_on(reviewing, tmp_path)
    reviewing.desk.publish()
    reviewing.sees(lambda: reviewing.desk.room is None)
    reviewing.sees(lambda: "The log is not the one that was published" in reviewing.says())
    assert "tell the custodian" in reviewing.says()
    painted = len(watch.painted)
    reviewing.desk.open_case(CASE)
    reviewing.lives(300)
    assert reviewing.desk.room is None and len(watch.painted) == painted
    assert watch.without_entry() == []
    reviewing.leaves()
