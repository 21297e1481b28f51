"""Papers for tests: PDFs that fpdf2 writes, pictures that Pillow writes. Their words are known."""

from __future__ import annotations

import io

from fpdf import FPDF
from PIL import Image
from pypdf import PdfWriter


def pdf(pages: int, *, words: str = "He stepped back and fell.", password: str = "") -> bytes:
    """A4 pages, on each "Page n of the report." and below it some words."""
    made = FPDF(format="A4")
    made.set_font("helvetica", size=12)
    for n in range(1, pages + 1):
        made.add_page()
        made.cell(0, 10, f"Page {n} of the report.")
        made.ln()
        made.multi_cell(0, 6, f"{words} " * 20)
    if password:
        made.set_encryption(owner_password="owner", user_password=password)
    return bytes(made.output())


def turned(data: bytes, degrees: int) -> bytes:
    """The same PDF with its pages turned, as a scanner's software does it."""
    writer = PdfWriter(clone_from=io.BytesIO(data))
    for page in writer.pages:
        page.rotate(degrees)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(
    width: int, height: int, colour: tuple[int, ...] = (200, 30, 30), form: str = "PNG", **given: object
) -> bytes:
    """One colour, BGR-asymmetric so that swapped channels show; the left half is white."""
    mode = {3: "RGB", 4: "RGBA", 1: "L"}[len(colour)]
    image = Image.new(mode, (width, height), colour if len(colour) > 1 else colour[0])
    white = (255,) * len(colour)
    image.paste(white if len(white) > 1 else 255, (0, 0, width // 2, height))
    out = io.BytesIO()
    image.save(out, form, **given)
    return out.getvalue()


def tiff(pages: int) -> bytes:
    """A scan of several pages, each darker than the one before."""
    frames = [Image.new("L", (200, 280), 250 - 20 * n) for n in range(pages)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    return out.getvalue()
