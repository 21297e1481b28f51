"""Witnesses, at one desk: this workstation as a witness of the others' logs, and what witnesses have seen of its own.

After each publication, on a worker: whoever is a witness here looks at the published logs, then this session asks what
was seen of its own. Nothing waits for it but the words: status line, bar, log screen. What follows from it for pictures
is asked of `Session.witnessed` at every tick.

In the demo a witness's folder lies beside the workspace, and this room runs it too: so the demo shows what a witness
does. One that runs where the logs are written proves nothing, and its name says what it is.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from reviewer.domain.errors import LogForked, LogUnwritable, NotInStore, ReviewerError, StoreUnreachable
from reviewer.domain.witness_acts import WitnessRefused
from reviewer.services.clock import Clock
from reviewer.services.disk import InUse
from reviewer.services.witness import Refusal, Round, WitnessFolder, WitnessJob, demo_witness, run_demo_witness
from reviewer.services.witnessed import NotWitnessed, Watch
from reviewer.ui import witness_words
from reviewer.ui.theme import Tone

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_WORDS_MS = 20_000  # “4 min ago” grows old
_UNTOLD = "A log is not the one that was seen"
_TROUBLE = "This workstation as a witness"


class WitnessRoom(QObject):
    """Of the desk; on the GUI thread, but for `_work`. `now` is this machine's clock."""

    def __init__(self, desk: Desk, *, now: Clock) -> None:
        super().__init__(desk)
        self._desk = desk
        self._now = now
        here = (WitnessFolder(desk.workspace.witness), demo_witness(desk.workspace))
        self._folders = [folder for folder in here if folder is not None and folder.exists]
        self._jobs: list[WitnessJob] = []
        self._looking = False
        self._again = False
        self._cancel = threading.Event()
        self._failed: str | None = None
        self._for_good = False
        self._words = QTimer(self, interval=_WORDS_MS)
        self._words.timeout.connect(self.say)

    def open(self) -> None:
        """Say what is known."""
        self._words.start()
        self.say()

    def close(self) -> None:
        """Stop looking; nothing is said any more."""
        self._cancel.set()
        self._words.stop()
        self._desk.window.warning.unsay()

    def closed(self) -> None:
        """After the last publication."""
        run_demo_witness(self._desk.session.trust, now=self._now)

    @property
    def watch(self) -> Watch:
        """What witnesses have seen of this session's logs."""
        return self._desk.session.witnessed.watch

    def look(self) -> None:
        """Witness, then see what was witnessed; in the background. Once more afterwards if it is asked meanwhile."""
        if self._cancel.is_set():
            return
        if self._looking:
            self._again = True
            return
        self._looking = True
        desk = self._desk
        desk.bridge.watch(desk.pool.submit(self._work), self._looked, self._not_looked, self)

    def _work(self) -> list[Round]:
        """On a worker. A witness that cannot look now looks another time."""
        desk, rounds = self._desk, []
        if not self._jobs:
            self._jobs = [WitnessJob(folder, desk.session.trust, now=self._now) for folder in self._folders]
        for job in self._jobs:
            with contextlib.suppress(InUse, StoreUnreachable, NotInStore):
                if job.named:
                    rounds.append(job.run(self._cancel.is_set))
                    self._record(job.name, rounds[-1].refused)
        desk.session.witnessed.look()
        return rounds

    def _record(self, witness: str, refused: tuple[Refusal, ...]) -> None:
        for each in refused:
            if each.new:
                act = WitnessRefused(witness, each.origin, each.kind, each.seen, each.kept, each.path)
                with contextlib.suppress(LogUnwritable):  # said where the log is looked after
                    self._desk.session.journal.record(act).result()

    def _looked(self, rounds: list[Round]) -> None:
        self._looking = False
        desk = self._desk
        refused = [r for each in rounds for r in each.refused]
        if refused:
            rest = f" {len(refused) - 1} more." if len(refused) > 1 else ""
            desk.queue.say(_UNTOLD, f"{refused[0].why} Tell the custodian; the evidence is in the store.{rest}")
        else:
            desk.queue.unsay(_UNTOLD)
        desk.queue.unsay(_TROUBLE)
        self.say()
        if desk.window.current == "log":
            desk.log.refresh()
        if desk.room is not None and self.watch.refusal(self._now()) is None:
            desk.room.witnessed_again()
        self._once_more()

    def _not_looked(self, error: ReviewerError) -> None:
        """The log here is not the one that a witness saw; or this witness cannot keep what it sees."""
        self._looking = False
        if isinstance(error, LogForked):
            self._desk.forked(error)
        else:
            self._desk.queue.say(_TROUBLE, str(error), Tone.WARN)
        self._once_more()

    def _once_more(self) -> None:
        if self._again:
            self._again = False
            self.look()

    # What is said

    def log_failed(self, why: str, *, for_good: bool = False) -> None:
        """The log cannot be written, or is not the one that was published (`for_good`): that is said before who has
        seen it."""
        self._failed = why
        self._for_good |= for_good
        self.say()

    def log_writes(self) -> None:
        """An entry was written."""
        if not self._for_good:
            self._failed = None
        self.say()

    def say(self) -> None:
        """Bring the status line and the bar up to now."""
        window, now, watch = self._desk.window, self._now(), self.watch
        words, tone = (self._failed, Tone.STOP) if self._failed is not None else witness_words.status(watch, now)
        window.set_log_health(words, tone)
        said = witness_words.bar(watch, now)
        if said is None:
            window.warning.unsay()
        else:
            window.warning.say(*said)

    def refusal(self) -> NotWitnessed | None:
        """Why no new view may be opened now."""
        return self.watch.refusal(self._now())
