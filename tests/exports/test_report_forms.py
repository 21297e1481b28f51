"""A whole report with pictures and drawings in every form, read back by programs that are not ours."""

from __future__ import annotations

import io
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from reviewer import config
from reviewer.domain.report import Lane, MapSketch, Picture, Report, Section, Timeline, Way
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.exports.drawing import Box, Words, drawn, to_svg
from reviewer.exports.report import to_json, to_pdf
from reviewer.exports.report_docx import to_docx
from reviewer.exports.report_html import to_html

_AT = Utc(1_780_000_000_000_000)


def _later(seconds: float) -> Utc:
    return Utc(_AT + round(seconds * 1e6))


def _picture(grey: int) -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), (grey, grey, grey)).save(out, "JPEG")
    return Picture(out.getvalue(), 640, 360, ("Ofc. A. Niemi 2214 · 19:42:14.900 UTC ± 12 ms", "ab" * 32), "E1")


TIMELINE = Timeline(
    TimeRange(_AT, _later(60)),
    (
        Lane("1 A. Niemi", (TimeRange(_AT, _later(30)),), (TimeRange(_AT, _later(60)),), ((_later(10), "E1"),)),
        Lane("2 L. Korhonen", (TimeRange(_later(5), _later(20)),)),
    ),
    tuple((_later(10 * n), f"19:42:{10 * n:02}") for n in range(6)),
    "Full: watched.",
)
MAP = MapSketch((Way("1", ((0, 0), (50, 20), (80, 60))), Way("2", ((0, 60), (50, 20)), True)), ((50, 20, "E1"),), "©")
SAID = "قال الشاهد: توقف <b>& “x”</b>"
REPORT = Report(
    "CR-2026-0142",
    "Case report",
    "Helsinki",
    _AT,
    "K. Salo 0417",
    (("Case", "CR-2026-0142"),),
    (
        Section("Timeline", (SAID,), drawing=TIMELINE),
        Section("Map", drawing=MAP),
        Section("A1", (), (("No.", 1), ("What", 4)), (("E1", SAID),), pictures=tuple(map(_picture, (40, 90, 140)))),
    ),
    ("It does not say why.",),
)


class _Reader(HTMLParser):
    """Text and the tags that were met."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_has_everything_inside_and_fetches_nothing() -> None:
    reader = _Reader()
    reader.feed(to_html(REPORT).decode())
    assert SAID in reader.text
    pictures = [attrs for tag, attrs in reader.tags if tag == "img"]
    assert len(pictures) == 3
    assert all((attrs["src"] or "").startswith("data:image/jpeg;base64,") for attrs in pictures)
    assert not [tag for tag, _ in reader.tags if tag in ("script", "link", "iframe", "b")]
    assert to_html(REPORT) == to_html(REPORT)


def test_paper_has_the_pictures_with_their_captions() -> None:
    read = PdfReader(io.BytesIO(to_pdf(REPORT, config.resource("fonts"))))
    assert sum(len(page.images) for page in read.pages) == 3
    text = "\n".join(page.extract_text() for page in read.pages)
    assert "19:42:14.900 UTC ± 12 ms" in text
    assert "Full: watched." in text


def test_word_has_tables_pictures_and_words() -> None:
    read = Document(io.BytesIO(to_docx(REPORT)))
    assert read.tables[0].rows[1].cells[1].text == SAID
    assert len(read.inline_shapes) == 3


def test_json_names_pictures_by_their_hash() -> None:
    assert sha256(REPORT.sections[2].pictures[0].data).hexdigest() in to_json(REPORT).decode()


def test_word_takes_any_characters() -> None:
    strange = Report("t\x00", "s", "a", _AT, "m", (), (Section("h\x0b", ("\ud800",)),))
    assert Document(io.BytesIO(to_docx(strange))).paragraphs[1].text == "h�"


_SECONDS = st.floats(-10, 100, allow_nan=False)


@given(flags=st.lists(st.tuples(_SECONDS, st.text(max_size=6)), max_size=8))
def test_a_timeline_stays_within_its_page_and_is_well_formed(flags: list[tuple[float, str]]) -> None:
    lanes = (Lane("<1>", flags=tuple((_later(at), words) for at, words in flags)),)
    made = drawn(Timeline(TIMELINE.span, lanes), 269)
    assert all(0 <= mark.x <= 270 for mark in made.marks)
    etree.fromstring(to_svg(made, "a & b").encode())


@pytest.mark.parametrize("points", [(), ((0, 0),), ((0, 0), (100_000, 3))])
def test_a_map_of_any_extent_has_a_scale(points: tuple[tuple[int, int], ...]) -> None:
    made = drawn(MapSketch((Way("1", points),)), 269)
    assert bool(made.marks) == bool(points)
    if points:
        assert any(isinstance(mark, Words) and mark.text.endswith(" m") for mark in made.marks)
        assert all(mark.x + mark.width <= 269.1 for mark in made.marks if isinstance(mark, Box))
