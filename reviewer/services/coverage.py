"""What of a case was watched: the footage that matters, what the records say was shown of it, and who watched a second.

Matters what a camera recorded inside its recording's window of the assignment (all of it without one); stills have no
seconds. Known are one's own views on this machine and those of everybody whose logs are followed (`records/union.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.domain import coverage as cover
from reviewer.domain.assignment import Assignment
from reviewer.domain.coverage import Coverage, Manner, Stretch
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import TimeRange, Utc, format_rfc3339
from reviewer.records.queries import Queries, Watched
from reviewer.services.logwords import Names

Relevant = Mapping[str, tuple[TimeRange, ...]]
EVERYWHERE = TimeRange(Utc(0), Utc(1 << 62))


@dataclass(frozen=True, slots=True)
class CaseCoverage:
    """`together`: of all whose views count, and each of `people` (by user id) alone, most watched first. `followed`:
    other people's logs are read too, as far as this person may see them. `only`: the names that were asked about, ""
    for everybody."""

    case: str
    together: Coverage
    people: Mapping[str, Coverage]
    followed: bool
    only: str = ""

    @property
    def sentence(self) -> str:
        """ "47 % of the 38 relevant minutes watched; 12 s never seen by anybody." """
        return person_sentence(self.together, self.only) if self.only else cover.sentence(self.together)


def relevant(
    assignment: Assignment,
    manifests: Iterable[Manifest],
    *,
    recordings: Collection[str] | None = None,
    stretch: TimeRange = EVERYWHERE,
) -> Relevant:
    """By recording, the footage that matters: of all that are assigned, or of `recordings`; inside a `stretch` (an
    allegation's, a bookmark's) if one is given."""
    windows = {each.recording_id: each.window or EVERYWHERE for each in assignment.recordings}
    found: dict[str, tuple[TimeRange, ...]] = {}
    for manifest in manifests:
        key = manifest.recording_id
        if key in windows and manifest.kind is not Kind.STILL and (recordings is None or key in recordings):
            window = windows[key].overlap(stretch)
            parts = (each.overlap(window) for each in manifest.rolling) if window is not None else ()
            found[key] = tuple(part for part in parts if part is not None)
    return found


def case_coverage(
    queries: Queries, case: str, matters: Relevant, people: Mapping[str, str] | None = None
) -> CaseCoverage:
    """What was watched of it, by everybody whose views are known here or by `people` (names by user id)."""
    views: dict[str, dict[tuple[str, Manner], list[Stretch]]] = {}
    for user, recording, manner, stretches in queries.shown(case):
        if people is None or user in people:
            views.setdefault(user, {}).setdefault((recording, manner), []).extend(stretches)
    known = {user: [(*key, cover.joined(each)) for key, each in seen.items()] for user, seen in views.items()}
    alone = {user: cover.coverage(matters, each) for user, each in known.items()}
    together = cover.coverage(matters, (view for each in known.values() for view in each))
    ordered = dict(sorted(alone.items(), key=lambda item: (-item[1].watched, item[0])))
    return CaseCoverage(case, together, ordered, queries.followed, " or ".join((people or {}).values()))


def who_watched(queries: Queries, case: str, instants: Mapping[str, Utc]) -> tuple[Watched, ...]:
    """Every view that has an instant (stated time, by recording), newest first."""
    found = (view for key, at in instants.items() for view in queries.shown_at(case, key, at))
    return tuple(sorted(found, key=lambda view: (-view.at, view.recording)))


def how_words(view: Watched) -> str:
    """ "1× · sound · 862 × 485 px", and whatever takes away from it."""
    rate = "standing still" if not view.rate_milli else f"{abs(view.rate_milli) / 1000:g}×"
    said = [f"{rate} backwards" if view.rate_milli < 0 else rate, "sound" if view.heard else "no sound"]
    if view.width:
        said.append(f"{view.width} × {view.height} px")
    else:
        said.append("only heard")
    if view.manner is Manner.SMALL:
        said.append("small")
    if view.crop is not None:
        said.append(f"{cover.seen_share(view.crop) / 10:.0f} % of the picture")
    if view.source == "proxy":
        said.append("small copy")
    if not view.visible:
        said.insert(0, "not seen: covered or minimised")
    return " · ".join(said)


def data_of(found: CaseCoverage) -> dict[str, Any]:
    """For programs: µs throughout, times in RFC 3339."""
    return {
        "case": found.case,
        "sentence": found.sentence,
        "others_followed": found.followed,
        "together": _data(found.together),
        "people": {
            user: {**_data(each), "sentence": person_sentence(each, user)} for user, each in found.people.items()
        },
    }


def person_sentence(found: Coverage, name: str) -> str:
    return cover.sentence(found, name, f"by {name}")


def _data(found: Coverage) -> dict[str, Any]:
    return {
        "relevant_us": found.relevant,
        "watched_us": found.watched,
        "never_seen_us": found.unseen,
        "manners_us": {manner.name.lower(): time for manner, time, _ in cover.lines(found)},
        "recordings": {
            each.recording: {
                manner.name.lower(): [[format_rfc3339(Utc(a)), format_rfc3339(Utc(b))] for a, b in stretches]
                for manner, stretches in each.manners.items()
            }
            for each in found.recordings
        },
    }


def said(found: CaseCoverage, names: Names) -> list[str]:
    """Sentences for a person: all together, how the rest was seen, by recording, by person."""
    written = [found.sentence, *(f"  {words}" for _, _, words in cover.lines(found.together))]
    for each in found.together.recordings:
        written.append(f"{names.recording(each.recording)}: {cover.sentence(Coverage((each,)))}")
    for user, alone in found.people.items() if not found.only else ():
        written.append(person_sentence(alone, names.user(user)))
    whose = "everybody whose log is followed here" if found.followed else "views on this machine alone"
    return [*written, f"Known from {whose}."]
