"""A document open in a process apart, without rights: what a stranger's file does there costs one page.

The process gets the way to the sealed file and a key, reads on its own, and answers with pictures and places. What it
answers is never unpickled (`media/answers`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any, BinaryIO, TypeVar

from reviewer import config
from reviewer.domain.errors import Cancelled, ReviewerError, UnreadableMedia, UnreadablePaper
from reviewer.media import answers, apart
from reviewer.papers.opening import open_paper
from reviewer.papers.sheet import MOST_PIXELS, Hit, PagePicture, PageText, Sheets

Source = Callable[[], BinaryIO]
T = TypeVar("T")
_PATIENCE = 20.0  # s for one answer
_STARTING = 2  # times as long for the first one: on a busy machine the process has to come up first
_MEMORY = 2 << 30  # bytes of address space: 120 million pixels decoded take 0.7 GB
_LARGEST = 4 * MOST_PIXELS + (4 << 20)  # bytes of one answer
_GOOD, _BAD, _FULL = b"r", b"e", b"m"
_TOO_MUCH = "It may be damaged or made to do harm: ask for the paper again, or export it with care."


class PaperReader:
    """One document. Any thread, one answer at a time; each takes as long as the page does: not on the GUI's thread.
    All raise UnreadablePaper, what opening the source raises, and Cancelled once it is closed. A process that crashed,
    hung or took too much memory is started anew with the next question."""

    def __init__(self, source: Source, kind: str, name: str, *, patience: float = _PATIENCE) -> None:
        self._source, self._kind, self._name, self._patience = source, kind, name, patience
        self._asking = threading.Lock()
        self._closed = self._answered = False
        self._process: Any = None
        self._pipe: Any = None

    def sheets(self) -> Sheets:
        """How many pages, and how large."""
        found: Sheets = self._ask("sheets", (), Sheets, "")
        return found

    def picture(self, page: int, width: int) -> PagePicture:
        """A page, about `width` device pixels wide."""
        found: PagePicture = self._ask("picture", (page, width), PagePicture, f"Page {page} of ")
        if found.page != page or found.pixels.ndim != 3 or found.pixels.shape[2] != 4 or not found.pixels.size:
            raise self._stopped(f"Page {page} of ")
        return found

    def text(self, page: int) -> PageText:
        """A page's lines."""
        found: PageText = self._ask("text", (page,), PageText, f"Page {page} of ")
        return found

    def find(self, words: str, first: int, last: int) -> tuple[Hit, ...]:
        """Where these words stand on pages [first, last]. Ask for few pages at a time: another question waits."""
        found: tuple[Hit, ...] = self._ask("find", (words, first, last), tuple[Hit, ...], "")
        return found

    def close(self) -> None:
        """End the process, whatever it does. From any thread."""
        self._closed = True
        self._end()

    # -- asking ------------------------------------------------------------------------------------------------------

    def _ask(self, what: str, given: tuple[object, ...], gives: Any, where: str) -> Any:  # noqa: ANN401 - a type, its value
        with self._asking:
            try:
                return self._answer(what, given, gives)
            except (OSError, EOFError, ValueError, answers.Unfit) as gone:
                self._end()
                if self._closed:
                    raise Cancelled("Reading") from gone
                raise self._stopped(where) from gone
            except UnreadableMedia as wrong:  # its library raised what nobody foresaw
                raise self._stopped(where) from wrong

    def _answer(self, what: str, given: tuple[object, ...], gives: Any) -> Any:  # noqa: ANN401
        if self._process is None:
            self._start()
        self._pipe.send((what, given))
        if not self._pipe.poll(self._patience if self._answered else self._patience * _STARTING):
            raise EOFError("no answer")
        self._answered = True
        body = memoryview(self._pipe.recv_bytes(_LARGEST))
        if body[:1] == _BAD:
            raise answers.error(body[1:], f"“{self._name}”")
        if body[:1] != _GOOD:
            raise EOFError("no memory")
        return answers.unpack(body[1:], gives)

    def _stopped(self, where: str) -> UnreadablePaper:
        return UnreadablePaper(f"{where}“{self._name}” cannot be shown: it stopped its reader.", _TOO_MUCH)

    def _start(self) -> None:
        if self._closed:
            raise EOFError("closed")
        ours, theirs = apart.context().Pipe()
        make: Any = apart.context()
        work = (theirs, self._source, self._kind, self._name)
        process = make.Process(target=_serve, args=work, name="paper", daemon=True)
        with config.own_modules():
            process.start()
        theirs.close()
        self._pipe, self._process, self._answered = ours, process, False
        if self._closed:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()


# -- in the process itself ---------------------------------------------------------------------------------------------


def _serve(pipe: Any, source: Source, kind: str, name: str) -> None:  # noqa: ANN401 - either platform's connection
    apart.confine(_MEMORY)
    apart.let_go_of_all_but(pipe)
    apart.seclude()
    with suppress(OSError, EOFError):  # the app is gone
        attend(pipe, source, kind, name)


def attend(pipe: Any, source: Source, kind: str, name: str) -> None:  # noqa: ANN401
    """Answer until nobody asks any more. Opening that failed is said to each question."""
    with closing(source()) as file:
        paper = None
        while True:
            what, given = pipe.recv()
            try:
                paper = paper or open_paper(kind, file, name)
                pipe.send_bytes(_GOOD + answers.pack(getattr(paper, what)(*given)))
            except MemoryError:
                pipe.send_bytes(_FULL)
            except (ReviewerError, ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as wrong:
                pipe.send_bytes(_BAD + answers.pack_error(wrong, repr(wrong)))
