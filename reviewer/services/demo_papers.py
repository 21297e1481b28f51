"""The demo's documents: a report of two pages and a dispatcher's record, as they come with a complaint."""

from __future__ import annotations

from fpdf import FPDF

from reviewer import config
from reviewer.domain.timebase import SECOND, Utc, to_datetime
from reviewer.services.case import CaseFile
from reviewer.services.papers import Papers, Pasted

_REPORT = (
    (
        "Use of force: report of the officer",
        (
            "Ofc. A. Niemi 2214. Aleksanterinkatu × Mikonkatu.",
            "We were called to a person who stood beside the tram’s rails and spoke to people at the stop.",
            "I asked the person three times to step back. Ofc. Korhonen stood to my left, Ofc. Virtanen by the car.",
            "The person did not answer the second time and stepped towards the rails.",
        ),
    ),
    (
        "Use of force: what was done",
        (
            "I took the person’s left arm. The person pulled away, and I brought the arm behind the back.",
            "The person went to the ground. I knelt beside the person and asked “Can you breathe?”.",
            "The person said that the shoulder hurt. I asked Ofc. Korhonen to call an ambulance.",
            "No other force was used. My camera was on from the car until the ambulance had left.",
        ),
    ),
)
_CALLS = (
    (-240, "call: person by the tram’s rails, Aleksanterinkatu × Mikonkatu"),
    (-236, "cars 2214, 1873 assigned"),
    (-90, "2214 on scene"),
    (-84, "1873 on scene"),
    (-30, "2051 joins, on foot"),
    (12, "2214: talking to one person"),
    (41, "1940 on scene"),
    (58, "2214: one person held"),
    (66, "1873: ambulance asked for, shoulder"),
    (70, "ambulance H104 assigned"),
    (310, "H104 on scene"),
)


def write_papers(papers: Papers, file: CaseFile, began: Utc) -> None:
    """Attach both; `began` is when the cameras did."""
    given = (
        (Pasted("Use-of-force report, Niemi 2214.pdf", _report()), "use-of-force report"),
        (Pasted("Dispatch record.txt", _dispatch(began)), "dispatch record"),
    )
    for source, what in given:
        papers.attach(file, papers.take(file.case, source), what=what).result()


def _report() -> bytes:
    made = FPDF(format="A4")
    made.set_margin(25)
    folder = config.resource("fonts") / "paper"
    for style, name in (("", "Inter-Regular.ttf"), ("B", "Inter-SemiBold.ttf")):
        made.add_font("Inter", style, folder / name)
    for title, paragraphs in _REPORT:
        made.add_page()
        made.set_font("Inter", "B", 15)
        made.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
        made.ln(4)
        made.set_font("Inter", "", 11)
        for words in paragraphs:
            made.multi_cell(0, 6.5, words, new_x="LMARGIN", new_y="NEXT")
            made.ln(3)
    return bytes(made.output())


def _dispatch(began: Utc) -> bytes:
    lines = [f"{to_datetime(Utc(began + at * SECOND)):%H:%M:%S} UTC  {words}" for at, words in _CALLS]
    return ("Dispatch record, as printed\n\n" + "\n".join(lines) + "\n").encode()
