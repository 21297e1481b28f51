"""A document's own process: what a hostile file does there costs a page, or the document, and nothing else."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from reviewer.domain.errors import Cancelled, UnreadablePaper
from reviewer.papers import opening
from reviewer.services import paper_reader
from reviewer.services.apart import file_source
from reviewer.services.paper_reader import PaperReader
from tests.papers.made import pdf, picture


def held(data: bytes) -> Callable[[], BinaryIO]:
    return partial(io.BytesIO, data)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[PaperReader]:
    """300 pages, from a file."""
    path = tmp_path / "Book.pdf"
    path.write_bytes(pdf(300))
    with closing(PaperReader(file_source(path), "pdf", "Book.pdf")) as reader:
        yield reader


def test_a_book_of_300_pages_is_read_at_any_page(book: PaperReader) -> None:
    assert book.sheets().pages == 300
    assert book.picture(300, 600).pixels.shape[1] == 600
    assert book.picture(1, 600).page == 1
    found = [hit.page for first in range(1, 301, 25) for hit in book.find("Page 2", first, first + 24)]
    assert found == [n for n in range(1, 301) if str(n).startswith("2")]


def test_pictures_and_texts_come_the_same_way() -> None:
    with closing(PaperReader(held(picture(400, 200)), "image", "Photo.png")) as reader:
        assert reader.sheets().pages == 1
        assert reader.picture(1, 100).pixels.shape == (50, 100, 4)
    with closing(PaperReader(held("22:41 הוא נפל".encode()), "text", "Log.txt")) as reader:
        assert reader.text(1).lines[0].text == "22:41 הוא נפל"


def test_what_cannot_be_opened_is_said_each_time() -> None:
    with closing(PaperReader(held(b"%PDF-1.7 nothing"), "pdf", "Broken.pdf")) as reader:
        for _ in range(2):
            with pytest.raises(UnreadablePaper, match=r"“Broken\.pdf” is damaged"):
                reader.sheets()


class Hostile:
    """A paper that does what it likes with the process, by page."""

    def sheets(self) -> object:
        return opening.open_paper("text", io.BytesIO(b"one page"), "x").sheets()

    def picture(self, page: int, width: int) -> object:
        match page:
            case 1:
                os.abort()
            case 2:
                while True:
                    pass
            case 3:
                return [bytearray(1 << 28) for _ in range(64)]
            case 4:
                return ("no", "picture")
            case 5:
                raise AssertionError("a bug in a library")
            case 6:
                raise LookupError("another")
            case _:
                return opening.open_paper("image", io.BytesIO(picture(40, 20)), "x").picture(1, width)

    def text(self, page: int) -> object:
        """What the process may still do: nothing outside."""
        if page == 1:
            Path("/tmp/reviewer-hostile").write_text("here")  # noqa: S108 - it is to fail
        if page == 2:
            os.posix_spawn("/bin/true", ["true"], {})
        raise UnreadablePaper("It was let.", "")


def hostile(_kind: str, _file: BinaryIO, _name: str) -> Hostile:
    return Hostile()


def serve_hostile(pipe: object, source: Callable[[], BinaryIO], kind: str, name: str) -> None:
    paper_reader.open_paper = hostile  # type: ignore[assignment]
    SERVE(pipe, source, kind, name)


SERVE = paper_reader._serve


@pytest.fixture
def taken_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[PaperReader]:
    monkeypatch.setattr(paper_reader, "_serve", serve_hostile)
    with closing(PaperReader(held(b"x"), "pdf", "Trap.pdf", patience=3.0)) as reader:
        yield reader


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5, 6])
def test_a_page_that_crashes_hangs_floods_or_lies_costs_that_page(taken_over: PaperReader, page: int) -> None:
    with pytest.raises(UnreadablePaper, match=r"Page \d of “Trap\.pdf” cannot be shown"):
        taken_over.picture(page, 100)
    assert taken_over.sheets().pages == 1, "another process answers the next question"


def test_a_page_that_says_it_is_another_is_not_shown(taken_over: PaperReader) -> None:
    with pytest.raises(UnreadablePaper):
        taken_over.picture(7, 100)


@pytest.mark.skipif(sys.platform != "linux", reason="rights are taken where the kernel can")
@pytest.mark.parametrize("page", [1, 2])
def test_the_process_writes_nothing_and_starts_nothing(taken_over: PaperReader, page: int) -> None:
    with pytest.raises(UnreadablePaper) as refused:
        taken_over.text(page)
    assert "let" not in refused.value.message
    assert not Path("/tmp/reviewer-hostile").exists()  # noqa: S108


def test_closed_it_answers_no_more(book: PaperReader) -> None:
    book.sheets()
    book.close()
    with pytest.raises(Cancelled):
        book.picture(1, 100)
