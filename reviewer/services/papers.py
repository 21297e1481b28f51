"""Documents of a case: attached, sealed like footage, opened verified, given out again.

A document has a data key of its own, sealed under the case key in its entry (`domain/case_acts.DocumentSet`), bound to
case and document. Its sealed bytes are an object of the store like any part of a recording; colleagues on the case
find key and hash in the entry. Plaintext exists in the process that reads it (`paper_reader`), and in a file only when
somebody exports the original, which is an entry first.
"""

from __future__ import annotations

import io
import re
import stat
import threading
import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from reviewer.domain.case import CaseDocument
from reviewer.domain.case_acts import DocumentSet
from reviewer.domain.document_acts import DocumentExported
from reviewer.domain.errors import AccessRefused, IntegrityError, NotInStore, ReviewerError, UnreadablePaper
from reviewer.domain.events import AccessDenied
from reviewer.domain.roster import Role, User
from reviewer.papers.kinds import FILE, HEAD, LARGEST, is_footage, kind_of
from reviewer.sealing import grant, stream
from reviewer.sealing.source import SealedSource
from reviewer.services.case import LONGEST, CaseFile
from reviewer.services.case_state import rights_of
from reviewer.services.deposit import unreadable
from reviewer.services.disk import write_new
from reviewer.services.grants import Grants
from reviewer.services.journal import Journal
from reviewer.services.outgoing import Outgoing, Waiting
from reviewer.services.paper_reader import PaperReader
from reviewer.services.paper_shelf import Cancel, PaperShelf, Progress, nothing
from reviewer.services.trust import Trust
from reviewer.services.workspace import UserRoom, Workspace

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST_WORDS = f"{LARGEST // 1_000_000} MB"


class Sitting(Protocol):
    """What papers need of a session."""

    @property
    def user(self) -> User: ...
    @property
    def trust(self) -> Trust: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def room(self) -> UserRoom: ...


@dataclass(frozen=True, slots=True)
class Pasted:
    """What came from the clipboard, under the name it is to have."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was sealed on this machine and is not attached yet: `attach` is next, or `drop`."""

    case: str
    id: str
    name: str
    kind: str
    pages: int
    object: str
    sha256: str
    size: int
    key: str = field(repr=False)

    def fields(self, what: str = "", note: str = "") -> dict[str, str]:
        """As its entry has them."""
        found = {"name": self.name, "kind": self.kind, "object": self.object, "sha256": self.sha256, "key": self.key}
        return {**found, "size": str(self.size), "pages": str(self.pages), "what": what, "note": note}


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """A document whose bytes are what its entry names. `source` gives readers of the plaintext, in memory only."""

    document: CaseDocument
    source: SealedSource

    def reader(self) -> PaperReader:
        """A process of its own that shows it. Raises UnreadablePaper for what is only kept."""
        if self.document.kind == FILE:
            raise UnreadablePaper(
                f"“{self.document.name}” is kept as it came and cannot be shown here.",
                "Export it, and open it elsewhere.",
            )
        return PaperReader(self.source, self.document.kind, self.document.name)


class Papers:
    """One person's hand in the documents of their cases. Everything takes its time, so not on the GUI's thread, but for
    `attach`, `is_here` and `waits`. Safe to use from several threads."""

    def __init__(self, workspace: Workspace, session: Sitting) -> None:
        self._workspace, self._session = workspace, session
        self._record = session.journal.record
        self._outgoing = Outgoing(workspace, session.room, session.trust.store)
        self._lock = threading.Lock()
        self._shelves: dict[str, PaperShelf] = {}

    # -- attaching ---------------------------------------------------------------------------------------------------

    def take(
        self,
        case: str,
        source: Path | Pasted,
        *,
        unopened: bool = False,
        progress: Progress = nothing,
        cancelled: Cancel = lambda: False,
    ) -> Taken:
        """Seal a file (or what was pasted) on this machine, as far as it can be read: its kind and pages are found in a
        process apart. `unopened`: keep it whatever it is; then nothing here opens it. Nothing is recorded yet.

        Raises UnreadablePaper for what is too large (before it is read), empty, footage, damaged or protected;
        AccessRefused, once the denied attempt is recorded; Cancelled; what the disk says."""
        key = self._keys(case, "attach a document", writes=True)[0]
        id_, data_key = uuid.uuid4().hex, stream.new_data_key()
        name, size = _named(source)
        shelf = self._shelf(case)
        shelf.sweep()
        with closing(_opened(source)) as plain:
            head = plain.read(HEAD)
            _check(name, head, size)
            plain.seek(0)
            path, made = shelf.seal(
                cast(BinaryIO, _Counted(plain, name)), data_key, _bound(case, id_), size, progress, cancelled
            )
        try:
            kind = FILE if unopened else kind_of(head)
            pages = self._pages(SealedSource(path, data_key, _bound(case, id_)), kind, name)
            wrapped = grant.wrap(key, data_key, _aad(case, id_))
            taken = Taken(case, id_, name, kind, pages, made.object, made.sha256, made.size, wrapped)
            self._outgoing.add(Waiting(case, id_, made.object))
            shelf.keep(path, made)
        except BaseException:
            path.unlink(missing_ok=True)
            self._outgoing.drop(made.object)
            raise
        return taken

    def attach(self, file: CaseFile, taken: Taken, *, what: str = "", note: str = "") -> Future[str]:
        """Record what was taken; the Future has its id. On the thread of `file`. Raises ReviewerError where the case
        has these bytes already (what was taken is dropped then), and what `file` raises."""
        twin = next((each for each in file.documents() if each.sha256 == taken.sha256), None)
        if twin is not None:
            self.drop(taken)
            raise ReviewerError(
                f"“{taken.name}” is attached already, as “{twin.name}”.", "Open that one; the bytes are the same."
            )
        future = file.add(DocumentSet, taken.fields(what, note), taken.id)
        future.add_done_callback(partial(self._is_attached, Waiting(taken.case, taken.id, taken.object)))
        return future

    def _is_attached(self, waiting: Waiting, done: Future[str]) -> None:
        if done.exception() is None:
            with suppress(ReviewerError):  # a full disk: the records say so as well, as long as they are here
                self._outgoing.attached(waiting)

    def drop(self, taken: Taken) -> None:
        """Forget what was taken and is not to be attached."""
        self._outgoing.drop(taken.object)
        self._shelf(taken.case).drop(taken.object)

    @staticmethod
    def _pages(source: SealedSource, kind: str, name: str) -> int:
        if kind == FILE:
            return 0
        with closing(PaperReader(source, kind, name)) as reader:
            return reader.sheets().pages

    # -- opening -----------------------------------------------------------------------------------------------------

    def is_here(self, case: str, document: CaseDocument) -> bool:
        """Whether its bytes are on this machine."""
        return self._shelf(case).is_here(document)

    def waits(self, document: CaseDocument) -> bool:
        """Whether it was attached here and is not in the store yet."""
        return self._outgoing.waits(document.object)

    def fetch(
        self, case: str, document: CaseDocument, *, progress: Progress = nothing, cancelled: Cancel = lambda: False
    ) -> None:
        """Bring it onto this machine, sealed, if it is not. Raises NotInStore, StoreUnreachable, IntegrityError,
        Cancelled."""
        _checked(document)
        shelf = self._shelf(case)
        if shelf.is_here(document):
            return
        try:
            shelf.fetch(document, self._session.trust.store, progress, cancelled)
        except NotInStore as wrong:
            raise NotInStore(
                f"“{document.name}” has not reached the store yet.",
                "It comes from the machine where it was attached, when that is online.",
            ) from wrong

    def open(
        self, case: str, document: CaseDocument, *, progress: Progress = nothing, cancelled: Cancel = lambda: False
    ) -> OpenPaper:
        """The document, fetched if it is not here, and compared with what its entry names. It shows nothing yet: views
        are logged by `paper_views`. Raises AccessRefused, once the denied attempt is recorded, what `fetch` raises, and
        IntegrityError (it is in quarantine then)."""
        keys = self._keys(case, f"open “{document.name}”")
        _checked(document)
        self.fetch(case, document, progress=progress, cancelled=cancelled)
        data_key = _data_key(case, document, keys)
        return OpenPaper(document, self._shelf(case).open(document, data_key, _bound(case, document.id)))

    def export(self, case: str, document: CaseDocument, target: Path) -> Path:
        """Write the original, in plain, where a person says. That it leaves is durable in the access log first; nothing
        is overwritten. Returns where it is. Raises what `open` raises, LogUnwritable, and what the disk says."""
        opened = self.open(case, document)
        with closing(opened.source()) as plain:
            data = plain.read()
        entry = DocumentExported(case, document.id, document.name, document.sha256, document.size)
        self._record(entry).result()
        return write_new(target, data)

    def _keys(self, case: str, what: str, *, writes: bool = False) -> Sequence[bytes]:
        """The case's keys, newest first. Raises AccessRefused once that is recorded."""
        session = self._session
        try:
            member = session.trust.assignment(case).member(session.user.id)
            if member is not None and member.role is Role.TRAINING:
                raise AccessRefused(
                    "Documents of a case are not for training.", "Ask the supervisor what may be released."
                )
            keys = session.grants.case_keys(case)
            refused = rights_of(session.trust, case).refusal(session.user.id) if writes else None
            if refused is not None:
                raise refused
            return keys
        except AccessRefused as refused:
            self._record(AccessDenied(what, refused.message, case)).result()
            raise

    def _shelf(self, case: str) -> PaperShelf:
        with self._lock:
            if case not in self._shelves:
                self._shelves[case] = PaperShelf(self._workspace, case, self._session.journal.record)
            return self._shelves[case]


def _bound(case: str, id_: str) -> bytes:
    """What its sealed bytes are bound to."""
    return f"reviewer document/{case}/{id_}".encode()


def _aad(case: str, id_: str) -> bytes:
    """What its data key is bound to under a case key."""
    return f"reviewer document key/{case}/{id_}".encode()


def _data_key(case: str, document: CaseDocument, keys: Sequence[bytes]) -> bytes:
    for key in keys:
        try:
            return grant.unwrap(key, document.key, _aad(case, document.id))
        except AccessRefused:
            continue
    raise IntegrityError(
        f"The key of “{document.name}” does not open with the case’s.", "Ask who attached it to attach it again."
    )


def _checked(document: CaseDocument) -> None:
    """What an entry names has to make sense before anything is done with it: it may be a newer program's."""
    sizes = 0 < document.size <= LARGEST
    if not (sizes and _SHA256.fullmatch(document.object) and _SHA256.fullmatch(document.sha256)):
        raise IntegrityError(
            f"The entry of “{document.name}” does not say what this program can open.", "Ask who attached it."
        )


# -- what is attached --------------------------------------------------------------------------------------------------


def _named(source: Path | Pasted) -> tuple[str, int]:
    """Its name, no longer than an entry takes, and its size in bytes. Refuses what is too large before it is read."""
    if isinstance(source, Pasted):
        name, size = source.name, len(source.data)
    else:
        try:
            found = source.stat()
        except OSError as wrong:
            raise unreadable(source, wrong) from wrong
        if not stat.S_ISREG(found.st_mode):
            raise UnreadablePaper(f"“{source.name}” is no file.", "Choose a file.")
        name, size = source.name, found.st_size
    most = LONGEST["name"]
    if len(name) > most:
        end = Path(name).suffix[:20]
        name = f"{name[: most - len(end) - 1]}…{end}"
    if size > LARGEST:
        raise UnreadablePaper(
            f"“{name}” has {_bytes(size)}; a document may have {_LARGEST_WORDS}.",
            "Split it, or give it to the custodian if it is footage.",
        )
    return name, size


def _bytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1_000_000_000 else f"{size / 1e6:.0f} MB"


def _check(name: str, head: bytes, size: int) -> None:
    if not size or not head:
        raise UnreadablePaper(f"“{name}” is empty.", "Choose the file that is meant.")
    if is_footage(head):
        raise UnreadablePaper(
            f"“{name}” is footage.",
            "Give it to the custodian to take in: then it has a clock, and its views are logged.",
        )


def _opened(source: Path | Pasted) -> BinaryIO:
    if isinstance(source, Pasted):
        return io.BytesIO(source.data)
    try:
        return source.open("rb")
    except OSError as wrong:
        raise unreadable(source, wrong) from wrong


class _Counted(io.RawIOBase):
    """A source that may not grow beyond what was allowed while it is read; what the disk refuses is a sentence."""

    def __init__(self, raw: BinaryIO, name: str) -> None:
        super().__init__()
        self._raw, self._name, self._read = raw, name, 0

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._raw.read(size)
        except OSError as wrong:
            raise unreadable(Path(self._name), wrong) from wrong
        self._read += len(data)
        if self._read > LARGEST:
            raise UnreadablePaper(f"“{self._name}” grew beyond {_LARGEST_WORDS}.", "Attach it when it is whole.")
        return data
