"""The bench of face proposals runs and gives its keys; what was tuned on is not what is reported."""

from __future__ import annotations

from tests.bench.render_faces import HELD_OUT, QUICK, TUNED, looks, measure


def test_it_runs_and_lists_what_was_missed() -> None:
    found = measure(QUICK, lambda _: None)
    assert 0 <= found["face_recall"] <= 1
    assert found["face_recall_by_size"].keys() == {"20", "200"}
    assert found["face_recall_by_size"]["200"] >= 0.5
    hits = sum(round(share * QUICK.faces) for share in found["face_recall_by_size"].values())
    assert len(found["face_misses"]) == QUICK.faces * len(QUICK.sizes) - hits
    assert all("px: turned" in words for words in found["face_misses"])
    assert found["follow_frames"] >= 20
    assert found["follow_honest"] >= 0.99


def test_no_threshold_was_chosen_on_what_is_reported() -> None:
    assert TUNED != HELD_OUT
    assert not {look.seed for look in looks(60, TUNED)} & {look.seed for look in looks(60, HELD_OUT)}
