"""Copies of a case for others, as design 07 has them: all requests, and one of them with its picture and its masks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.agency import DEFAULT, Tables
from reviewer.domain.timebase import Utc
from reviewer.services.clock import utc_now
from reviewer.ui.actions import KeyTable
from reviewer.ui.disclosure_form import RequestForm
from reviewer.ui.disclosure_page import RequestPage
from reviewer.ui.disclosure_register import Register
from reviewer.ui.stage import StageView
from reviewer.ui.times import Zone
from reviewer.ui.widgets import surface

_SIDE = 400


class DisclosureScreen(QWidget):
    """Its parts: `register` with `form` beside it, and `page`, one request."""

    def __init__(
        self,
        keys: KeyTable,
        stage: StageView,
        zone: Zone,
        renders: QWidget,
        tables: Tables = DEFAULT,
        now: Callable[[], Utc] = utc_now,
    ) -> None:
        super().__init__()
        self.keys, self.stage = keys, stage
        self.register = Register(keys, zone, tables, now)
        self.form = RequestForm(keys, zone)
        self.destroyed.connect(self.form.deleteLater)  # it is nobody's child while it is not shown
        self.page = RequestPage(keys, stage, zone, tables, renders)
        self._beside = surface(1, "left")
        self._beside.setFixedWidth(_SIDE)
        self._beside_column = QVBoxLayout(self._beside)
        self._beside_column.setContentsMargins(1, 0, 0, 0)
        all_ = QWidget()
        row = QHBoxLayout(all_)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.register, 1)
        row.addWidget(self._beside)
        self._stack = QStackedWidget()
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._stack.addWidget(all_)
        self._stack.addWidget(self.page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.show_register(form=False)

    @property
    def on_request(self) -> bool:
        """Whether one request is in view."""
        return self._stack.currentIndex() == 1

    def show_register(self, *, form: bool) -> None:
        """All requests, with the form beside them or not."""
        self._stack.setCurrentIndex(0)
        self._beside.setVisible(form)
        if form:
            self._beside_column.addWidget(self.form)
            self.form.show()

    def show_request(self) -> None:
        """One request, with its picture."""
        self._stack.setCurrentIndex(1)
        self.page.show_side(None)

    @property
    def form_shown(self) -> bool:
        return self.form.isVisibleTo(self)

    def show_details(self) -> None:
        """The request's form beside its picture."""
        self.page.show_side(self.form)
        self.form.show()
