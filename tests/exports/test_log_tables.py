"""Entries as tables: what a spreadsheet must not take for a formula."""

from __future__ import annotations

import pytest

from reviewer.exports.log_tables import harmless


@pytest.mark.parametrize("field", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\r=1"])
def test_a_formula_becomes_a_text(field: str) -> None:
    assert harmless(field) == f"'{field}"


@pytest.mark.parametrize("field", ["", "K. Salo 0417", "2026-06-13T20:00:00.000000Z", "1× · sound on", "“=1”"])
def test_other_texts_stay_as_they_are(field: str) -> None:
    assert harmless(field) == field
