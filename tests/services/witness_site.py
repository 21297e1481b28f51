"""A small agency with two workstations, a person at one, and a witness beside the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from reviewer.audit.note import raw_public
from reviewer.domain.events import CaseSynced, LogName
from reviewer.services import custody
from reviewer.services.journal import Journal, origin_of
from reviewer.services.publish import OwnLog, Publisher
from reviewer.services.trust import Trust
from reviewer.services.witness import WitnessFolder, WitnessJob
from reviewer.services.witness_policy import add_witness
from reviewer.services.workspace import Workspace
from tests.services.agency import NAME, Agency, keys, root_key, station_key

ORIGINS = {log: origin_of(NAME, "ws-1", "salo", log) for log in LogName}
ACCESS, WORK = ORIGINS[LogName.ACCESS], ORIGINS[LogName.WORK]


class Site(Agency):
    """`records` is where K. Salo's log lies at ws-1."""

    def __post_init__(self) -> None:
        super().__post_init__()
        two = custody.station_entry(NAME, "ws-2", "Desk 2", station_key("ws-2"))
        custody.amend_roster(self.trust(), root_key(), workstations=[two])

    @property
    def records(self) -> Path:
        return self.folder / "salo" / "records.sqlite"

    @contextmanager
    def journal(self, records: Path | None = None) -> Iterator[Journal]:
        file = records or self.records
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(Journal(file, ORIGINS, keys("salo").signing, now=lambda: self.now)) as journal:
            yield journal

    def record(self, count: int, records: Path | None = None) -> None:
        with self.journal(records) as journal:
            for future in [journal.record(CaseSynced("c1", n, 1)) for n in range(count)]:
                future.result()

    def publish(self, records: Path | None = None) -> None:
        own = [OwnLog(origin, keys("salo").signing, self.trust().roster().custody_keys) for origin in ORIGINS.values()]
        state = Publisher(records or self.records, own, self.store, now=lambda: self.now).publish()
        assert state.trouble is None

    def write(self, count: int) -> None:
        """So many entries more, in the store as well."""
        self.record(count)
        self.publish()

    def witness(self, name: str, station: str = "") -> WitnessJob:
        """A witness of this name, with its own folder, on the roster."""
        folder = WitnessFolder(self.folder / name)
        vkey = folder.make_key(name)
        add_witness(self.trust(), root_key(), vkey, station=station)
        return self.job(name)

    def job(self, name: str) -> WitnessJob:
        """The same witness, started anew."""
        return WitnessJob(WitnessFolder(self.folder / name), self.witness_trust(name), now=lambda: self.now)

    def witness_trust(self, name: str) -> Trust:
        return self.trust(Workspace(self.folder / name / "trusted"))

    def log_file(self, origin: str, path: str) -> Path:
        return self.store.root / "logs" / origin / path

    def salo_key(self) -> bytes:
        user = self.trust().roster().user("salo")
        assert user is not None
        return raw_public(user.signing_key)
