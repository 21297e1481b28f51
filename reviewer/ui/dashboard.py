"""The dashboard of supervisors and custodians: open cases by state, age and clock, whose they are, and a year in
numbers for the agency or for the public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.statistics import Told
from reviewer.services.dashboard import Dashboard, Load, Watching
from reviewer.services.statistics import Year
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Segmented
from reviewer.ui.fonts import Type
from reviewer.ui.plots import Bars
from reviewer.ui.table import Bar, Cell, Column, Table, TableCard, Words
from reviewer.ui.times import count
from reviewer.ui.widgets import Card, EmptyState, ErrorNote, label, percent, short_path, surface

CASES, YEAR = "cases", "year"
AGENCY, PUBLIC = "agency", "public"
_COLUMNS = (
    Column("Case", 220, 3),
    Column("State", 150, 1),
    Column("Age", 80, right=True),
    Column("Next clock", 180, 2),
    Column("Left", 110),
    Column("Watched", 130, 1),
    Column("Investigators", 180, 2, spare=True),
)
_LOAD = (
    Column("Investigator", 200, 2),
    Column("Open", 80, right=True),
    Column("Run out", 90, right=True),
    Column("Watched", 130, 1),
)
_EDGE = 8  # px right of what scrolls, and of what stands over it
_LATE = "run out"


@dataclass(frozen=True, slots=True)
class DashboardSource:
    """`read` gives where the cases stand, None while the queue was never read; `count` a year's numbers; `save` writes
    them (year, for the public or not, where). `name` says who a user is, `years` which years there are."""

    read: Callable[[], Future[Dashboard | None]]
    years: Callable[[], Future[Sequence[int]]]
    count: Callable[[int], Future[Year]]
    save: Callable[[Year, bool, Path], Future[Path]]
    name: Callable[[str], str]
    place: Callable[[int, bool], Path]


class DashboardScreen(QWidget):
    """Reads when it comes into view. `open_case(id)`."""

    open_case = Signal(str)

    def __init__(self, source: DashboardSource, bridge: Bridge, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source, self._bridge, self._keys = source, bridge, keys
        self.found: Dashboard | None = None
        self.year: Year | None = None
        self._asked = 0
        self._told: list[Card] = []
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(self._header())
        self.error = ErrorNote()
        column.addWidget(self.error)
        self._stack = QStackedWidget()
        self._empty = EmptyState("hourglass", "Reading the cases", "What was verified last is counted.")
        for page in (self._empty, _scrolled(self._cases_page()), _scrolled(self._year_page())):
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)
        self._bind()

    # Layout

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, _EDGE, 0)
        row.setSpacing(10)
        row.addWidget(label("Dashboard", Type.TITLE))
        self._said = label("", Type.LEAD, "text2")
        row.addWidget(self._said, 1)
        self.pages = Segmented([(CASES, "Open cases"), (YEAR, "A year in numbers")], name="What is shown")
        self.pages.chosen.connect(lambda _page: self._show_page())
        row.addWidget(self.pages)
        return row

    def _cases_page(self) -> QWidget:
        page, column = _page()
        row = QHBoxLayout()
        row.setSpacing(12)
        self.by_state, self.by_age = Bars("All cases by state"), Bars("Open cases by age, days")
        self.by_due = Bars("Open cases by next clock")
        for plot in (self.by_state, self.by_age, self.by_due):
            row.addWidget(plot, 1)
        column.addLayout(row)
        self.table: Table[Watching] = Table(_COLUMNS, self._cells, name="Open cases", row=48)
        self.table.opened.connect(lambda each: self.open_case.emit(each.case.case_id))
        column.addWidget(TableCard(self.table))
        column.addWidget(label("Workload", Type.SECTION))
        self.loads: Table[Load] = Table(_LOAD, self._load_cells, name="Workload", row=38)
        column.addWidget(TableCard(self.loads))
        self._elsewhere = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._elsewhere)
        column.addStretch()
        return page

    def _year_page(self) -> QWidget:
        page, column = _page()
        row = QHBoxLayout()
        row.setSpacing(10)
        self._years = QHBoxLayout()
        row.addLayout(self._years)
        self.which: Segmented | None = None
        self.version = Segmented([(AGENCY, "For the agency"), (PUBLIC, "For the public")], name="Whom it is for")
        self.version.chosen.connect(lambda _which: self._show_year())
        row.addWidget(self.version)
        row.addStretch()
        self._saved = label("", Type.DETAIL, "ok")
        row.addWidget(self._saved)
        self.save = self._keys.wear(Button("Save …", icon="file-export"), "dashboard.save")
        self.save.clicked.connect(self.ask_save)
        row.addWidget(self.save)
        column.addLayout(row)
        plots = QHBoxLayout()
        plots.setSpacing(12)
        self.received, self.ended = Bars("Complaints received by month"), Bars("Allegations by disposition")
        plots.addWidget(self.received, 1)
        plots.addWidget(self.ended, 1)
        column.addLayout(plots)
        self._tables = QVBoxLayout()
        self._tables.setSpacing(12)
        column.addLayout(self._tables)
        column.addStretch()
        return page

    def _bind(self) -> None:
        self._keys.bind(self, "dashboard.cases", lambda: self.show_page(CASES))
        self._keys.bind(self, "dashboard.year", lambda: self.show_page(YEAR))
        self._keys.bind(self, "dashboard.public", self._turn_version)
        self._keys.bind(self, "dashboard.save", self.ask_save)
        self._keys.bind(self, "list.again", self.read)

    # Open cases

    def read(self) -> None:
        """Read anew what is shown."""
        self._bridge.watch(self._source.read(), self._show, self._failed, self)
        if self.pages.value == YEAR:
            self._ask_years()

    def show_page(self, page: str) -> None:
        """CASES or YEAR."""
        self.pages.choose(page)
        self._show_page()

    def _show_page(self) -> None:
        if self.pages.value == YEAR:
            self._ask_years()
        self._stack.setCurrentIndex(0 if self.found is None else 2 if self.pages.value == YEAR else 1)

    def _failed(self, error: ReviewerError) -> None:
        self.error.say(error)

    def _show(self, found: Dashboard | None) -> None:
        self.error.clear()
        if found is None:
            return
        self.found = found
        is_open = found.open
        late = sum(each.left is not None and each.left < 0 for each in is_open)
        run_out = f", {count(late, 'clock')} run out" if late else ""
        self._said.setText(f"{count(len(is_open), 'open case')}{run_out}")
        self.by_state.show_values(found.by_state())
        self.by_age.show_values(found.by_age())
        self.by_due.show_values(found.by_due(), warn=(_LATE,))
        self.table.rows.show_rows(is_open)
        self.loads.rows.show_rows(found.loads())
        for table in (self.table, self.loads):  # the page scrolls, not what is in it
            table.setFixedHeight(table.content_height())
        more = count(found.elsewhere, "case")
        where = f"{more} more in the store: you are not on them, so nothing of them is counted here."
        self._elsewhere.setText(where if found.elsewhere else "")
        self._show_page()

    def _cells(self, each: Watching) -> Sequence[Cell]:
        case, clock = each.case, each.case.brief.next
        tone = "stop" if each.left is not None and each.left < 0 else "text"
        left = "" if each.left is None else "run out" if each.left < 0 else count(each.left, "day")
        who = ", ".join(self._source.name(user) for user in each.investigators) or "nobody"
        watched = Words("not known", tone="text3") if case.watched is None else Bar(case.watched, percent(case.watched))
        return (
            Words(case.case_id, case.title, strong=True),
            Words(each.state),
            Words(f"{each.age}", right=True),
            Words(clock[0] if clock is not None else "none runs", tone="text" if clock is not None else "text3"),
            Words(left, tone=tone, strong=tone == "stop"),
            watched,
            Words(who),
        )

    def _load_cells(self, load: Load) -> Sequence[Cell]:
        known = load.watched is not None
        return (
            Words(self._source.name(load.user), strong=True),
            Words(f"{load.cases}", right=True),
            Words(f"{load.late}", right=True, tone="stop" if load.late else "text"),
            Bar(load.watched or 0.0, percent(load.watched or 0.0)) if known else Words("not known", tone="text3"),
        )

    # A year

    def _ask_years(self) -> None:
        self._bridge.watch(self._source.years(), self._offer, self._failed, self)

    def _offer(self, years: Sequence[int]) -> None:
        """The years there are; the newest is counted at first."""
        chosen = int(str(self.which.value)) if self.which is not None else years[0]
        if self.which is not None:
            self._years.removeWidget(self.which)
            self.which.deleteLater()
        self.which = Segmented([(year, str(year)) for year in years], name="Year")
        self.which.choose(chosen if chosen in years else years[0])
        self.which.chosen.connect(lambda year: self._count(int(str(year))))
        self._years.addWidget(self.which)
        self._count(int(str(self.which.value)))

    def _count(self, year: int) -> None:
        self._asked = year
        self._saved.setText("")
        self._bridge.watch(self._source.count(year), self._counted, self._failed, self)

    def _counted(self, year: Year) -> None:
        if year.year == self._asked:
            self.year = year
            self._show_year()

    def _turn_version(self) -> None:
        self.version.choose(AGENCY if self.version.value == PUBLIC else PUBLIC)
        self._show_year()

    @property
    def for_public(self) -> bool:
        return self.version.value == PUBLIC

    def _show_year(self) -> None:
        if self.year is None:
            return
        told = self.year.told(for_public=self.for_public)
        before, self._told = self._told, [_told(table) for table in told]
        for old in before:
            self._tables.removeWidget(old)
            old.deleteLater()
        for card in self._told:
            self._tables.addWidget(card)
        # What is small is not drawn either: a bar would tell it.
        received, ended = told[0], told[1]
        self.received.setVisible(not self.for_public)
        self.ended.setVisible(not self.for_public)
        self.received.show_values([(row[0], _number(row[-1])) for row in received.rows if row[0] != "All"])
        last = next((row for row in ended.rows if row[0] == "All"), None)
        values = zip(ended.head[1:-1], last[1:-1], strict=True) if last is not None else ()
        self.ended.show_values([(name, _number(value)) for name, value in values])

    def ask_save(self) -> None:
        """Let the person choose where the numbers go."""
        if self.year is None or self.pages.value != YEAR:
            return
        place = self._source.place(self.year.year, self.for_public)
        dialog = QFileDialog(self, "Where the numbers go", str(place))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Table (*.csv)", "Report (*.pdf)", "Page (*.html)", "JSON (*.json)"])
        dialog.selectFile(str(place))
        dialog.fileSelected.connect(lambda chosen: self.save_as(Path(chosen)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def save_as(self, path: Path) -> None:
        """Write what is shown."""
        if self.year is not None:
            done = self._source.save(self.year, self.for_public, path)
            self._bridge.watch(done, lambda at: self._saved.setText(f"Saved as {short_path(at)}"), self._failed, self)


def _number(words: str) -> int:
    return int(words.replace(",", "")) if words.replace(",", "").isdigit() else 0


def _told(table: Told) -> Card:
    card = Card()
    inside = QVBoxLayout(card)
    inside.setContentsMargins(16, 12, 16, 12)
    inside.setSpacing(6)
    inside.addWidget(label(table.title, Type.SECTION))
    if table.about:
        inside.addWidget(label(table.about, Type.DETAIL, "text2", wrap=True))
    columns = tuple(Column(title, 190 if n == 0 else 88, 1, right=n > 0) for n, title in enumerate(table.head))
    shown: Table[tuple[str, ...]] = Table(columns, _row, name=table.title, row=30)
    shown.rows.show_rows(table.rows)
    shown.setFixedHeight(shown.content_height())
    inside.addWidget(shown)
    return card


def _row(row: tuple[str, ...]) -> Sequence[Cell]:
    return tuple(Words(words, strong=n == 0 or row[0] == "All", right=n > 0) for n, words in enumerate(row))


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = surface(0)
    page.setProperty("pane", True)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, _EDGE, 0)
    column.setSpacing(12)
    return page, column


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(page)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    return area
