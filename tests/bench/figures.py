"""What is measured, and what each figure is to reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One key. It is reached at `reach` or beyond, upwards where `more` is better."""

    key: str
    section: str
    words: str
    reach: float
    more: bool = False
    spike: str = ""

    @property
    def wanted(self) -> str:
        return f"{'>=' if self.more else '<='} {self.reach:g}"

    def reached(self, value: float) -> bool:
        return value >= self.reach if self.more else value <= self.reach


FIGURES = (
    Figure("ideal_share_9", "nine", "ideal frame at tick, 9 cameras, window, sound", 0.999, True, "0.9899"),
    Figure("spread_p95_ms_9", "nine", "spread between cameras, same run", 16.7, spike="42"),
    Figure("mb_per_camera", "nine", "memory a camera over the app at rest, 9 open", 80, spike="105"),
    Figure("longest_still_ms", "fast", "longest unchanged tile at 4x, 8x, 16x, 9 cameras", 250, spike="blank"),
    Figure("loaded_unsaid_wrong", "loaded", "tiles wrong without saying so, a core eaten", 0),
    Figure("loaded_spread_p95_ms", "loaded", "spread, a core eaten", 50, spike="156"),
    Figure("settled_spread_ms", "settle", "spread once settled, largest of all", 16.7),
    Figure("settle_s", "settle", "until settled, slowest of all", 0.7),
    Figure("scrub_p95_ms", "scrub", "exact scrub with proxies, 9 cameras", 50),
    Figure("step_back_p95_ms", "step", "a frame back, 4 cameras", 2, spike="0.2"),
    Figure("step_forward_p95_ms", "step", "a frame on, 4 cameras", 16, spike="28"),
    Figure("exact_share", "seek", "exact seeks of 4 originals that are right", 1.0, True),
    Figure("seek_floor_ratio", "seek", "exact seek over decoding alone", 1.15, spike="1.29"),
    Figure("cpu_limit_ratio", "cpu", "ffmpeg’s CPU for the same frames over ours", 0.85, True, "0.76"),
    Figure("av_offset_ms", "av", "sound against picture", 20),
    Figure("open_s", "open", "open 9 cameras × 12 h, to 9 aligned pictures", 2),
    Figure("ideal_vs_qt_4", "peers", "ideal share, ours over QMediaPlayer’s, 4 cameras", 1, True),
    Figure("ideal_vs_qt_9", "peers", "ideal share, ours over QMediaPlayer’s, 9 cameras", 1, True),
    Figure("seek_vs_best_peer", "peers", "exact seek of 4, ours over the fastest peer’s", 0.9, spike="0.98"),
)
SECTIONS = tuple(dict.fromkeys(figure.section for figure in FIGURES))


def chosen(only: Iterable[str], figures: Sequence[Figure] = FIGURES) -> list[str]:
    """The sections that these sections and keys ask for; all for none. Raises ValueError for an unknown one."""
    of_key = {figure.key: figure.section for figure in figures}
    sections = tuple(dict.fromkeys(of_key.values()))
    wanted = {of_key.get(name, name) for name in only}
    unknown = wanted - set(sections)
    if unknown:
        raise ValueError(f"no such section or key: {', '.join(sorted(unknown))}")
    return [section for section in sections if not wanted or section in wanted]


def table(found: dict[str, Any], sections: Iterable[str], figures: Sequence[Figure] = FIGURES) -> str:
    """The figures of these sections, as lines to read."""
    lines = [f"{'':22} {'':52} {'figure':>10} {'reach':>9}  {'':8} spike"]
    for figure in figures:
        if figure.section not in sections:
            continue
        value = found.get(figure.key)
        shown = "–" if value is None else f"{value:g}"
        verdict = "missing" if value is None else "reached" if figure.reached(value) else "FELL SHORT"
        lines.append(f"{figure.key:22} {figure.words:52} {shown:>10} {figure.wanted:>9}  {verdict:10} {figure.spike}")
    return "\n".join([*lines, *_ratios(found), *_peers(found), *_missing(found)])


def verdicts(found: dict[str, Any], figures: Sequence[Figure] = FIGURES) -> dict[str, Any]:
    """For the JSON: which keys reached what they are to reach, which fell short."""
    there = [figure for figure in figures if found.get(figure.key) is not None]
    return {
        "reached": [f.key for f in there if f.reached(found[f.key])],
        "fell_short": {f.key: f"{found[f.key]:g}, to be {f.wanted}" for f in there if not f.reached(found[f.key])},
    }


def _ratios(found: dict[str, Any]) -> list[str]:
    pairs = {key: value for key, value in found.items() if isinstance(value, dict) and "pairs" in value}
    lines = [f"  {k}: {v['min']:g} · {v['median']:g} · {v['max']:g} of {v['pairs']} pairs" for k, v in pairs.items()]
    return ["", "smallest · median · largest", *lines] if lines else []


_PEER_FIGURES = {
    "ideal_share": "ideal",
    "spread_p95_ms": "spread p95",
    "seek_ms": "seek",
    "seek_exact_share": "exact",
    "step_forward_ms": "step on",
    "step_back_ms": "step back",
    "mb_per_camera": "MB",
    "cpu_ms_a_frame": "CPU ms",
}


def _peers(found: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for cameras in (4, 9):
        players = found.get(f"peers_{cameras}")
        if players:
            lines += ["", f"{cameras} cameras   " + "".join(f"{words:>12}" for words in _PEER_FIGURES.values())]
            for name, figures in players.items():
                cells = (figures.get(key) for key in _PEER_FIGURES)
                flat = (c.get("median") if isinstance(c, dict) else c for c in cells)
                lines.append(f"  {name:10}" + "".join(f"{'–' if c is None else f'{c:g}':>12}" for c in flat))
    return lines


def _missing(found: dict[str, Any]) -> list[str]:
    notes = [f"missing {what}: {why}" for what, why in found.get("missing", {}).items()]
    return ["", *notes] if notes else []
