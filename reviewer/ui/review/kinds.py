"""The kinds of a bookmark, as words and icons. Words stay neutral: they say what to look at, not what it was."""

from __future__ import annotations

from reviewer.domain.annotation import BookmarkKind

KIND_WORDS: dict[BookmarkKind, str] = {
    BookmarkKind.MOMENT: "Moment",
    BookmarkKind.FORCE: "Force",
    BookmarkKind.WARNING: "Warning",
    BookmarkKind.SPEECH: "Speech",
    BookmarkKind.INJURY: "Injury",
    BookmarkKind.QUESTION: "Question",
}
KIND_ICONS: dict[BookmarkKind, str] = {
    BookmarkKind.MOMENT: "bookmark",
    BookmarkKind.FORCE: "flag",
    BookmarkKind.WARNING: "alert-triangle",
    BookmarkKind.SPEECH: "wave-sine",
    BookmarkKind.INJURY: "alert-circle",
    BookmarkKind.QUESTION: "help-circle",
}
