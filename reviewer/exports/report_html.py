"""A report as one HTML page (WHATWG HTML) that needs nothing else: pictures inside, no script, nothing fetched but the
films that lie beside it, where it plays some."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from reviewer.domain.report import Picture, Report, Section
from reviewer.domain.timebase import format_rfc3339
from reviewer.exports.drawing import drawn, to_svg

_STYLE = """
body{font:15px/1.45 Inter,Arial,sans-serif;color:#151b23;background:#fff;max-width:70rem;margin:2rem auto;
padding:0 1rem}
h1{font-size:1.7rem}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem;margin-top:1.4rem}
dl{display:grid;grid-template-columns:11rem 1fr;gap:.2rem 1rem}dt{color:#3f4b59}dd{margin:0}
table{border-collapse:collapse;width:100%;font-size:.87rem}th,td{text-align:start;vertical-align:top;
padding:.3rem .5rem;border-bottom:1px solid #d3dae2;overflow-wrap:anywhere}
figure{margin:1rem 0;display:inline-block;width:48%;
vertical-align:top}figure img{width:100%}figcaption,footer{font-size:.8rem;color:#3f4b59;overflow-wrap:anywhere}
svg{width:100%;height:auto;font-family:inherit}
video{width:100%;max-height:80vh;background:#000}figure.film{display:block;width:100%}
"""
_WIDTH = 269.0  # mm: as on paper


def to_html(report: Report, films: Sequence[tuple[str, str]] = ()) -> bytes:
    """The page, UTF-8; the same bytes for the same report. `films`: MP4 files that it plays, by their path from the
    page, and what each is."""
    plays = " media-src 'self' file:;" if films else ""
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:;{plays} style-src'
        " 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(report.title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(report.title)}</h1><dl>",
        *(f'<dt>{escape(name)}</dt><dd dir="auto">{escape(value)}</dd>' for name, value in report.facts),
        "</dl>",
    ]
    lines += [_film(path, words) for path, words in films]
    for section in report.sections:
        lines += _section(section)
    if report.limits:
        lines.append("<h2>What it cannot say</h2><ul>")
        lines += [f"<li>{escape(sentence)}</li>" for sentence in report.limits]
        lines.append("</ul>")
    made = f"{report.agency} · exported {format_rfc3339(report.made_at)} by {report.made_by}"
    lines.append(f"<footer><p>{escape(made)}</p><p>{escape(report.attribution)}</p></footer></body></html>")
    return "\n".join(lines).encode() + b"\n"


def _section(section: Section) -> list[str]:
    level = min(6, section.level + 1)
    lines = [f'<h{level} dir="auto">{escape(section.heading)}</h{level}>']
    lines += [f'<p dir="auto">{escape(sentence)}</p>' for sentence in section.sentences]
    if section.drawing is not None:
        made = drawn(section.drawing, _WIDTH)
        if made.marks:
            lines += [to_svg(made, section.heading), f"<p><small>{escape(section.drawing.caption)}</small></p>"]
    if section.rows:
        heads = "".join(f'<th scope="col">{escape(title)}</th>' for title, _ in section.columns)
        lines.append(f"<table><thead><tr>{heads}</tr></thead><tbody>")
        for row in section.rows:
            lines.append("<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row) + "</tr>")
        lines.append("</tbody></table>")
    elif section.empty:
        lines.append(f"<p>{escape(section.empty)}</p>")
    return [*lines, *(_figure(picture) for picture in section.pictures)]


def _film(path: str, words: str) -> str:
    player = f'<video controls preload="metadata" controlslist="nodownload" src="{quote(path)}"></video>'
    return f'<figure class="film">{player}<figcaption>{escape(words)}</figcaption></figure>'


def _figure(picture: Picture) -> str:
    kind = "png" if picture.data.startswith(b"\x89PNG") else "jpeg"
    source = f"data:image/{kind};base64,{b64encode(picture.data).decode()}"
    said = "<br>".join(escape(line) for line in picture.caption)
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<figure><img src="{source}" {size} alt="{escape(picture.alt)}"><figcaption>{said}</figcaption></figure>'
