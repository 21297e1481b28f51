"""A form: where the package goes, how it is closed to its recipient, whether it carries the agency's manifest."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.request import Request
from reviewer.services.disclosure_package import Seal
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.custodian_search import Choice
from reviewer.ui.fields import PassphraseField, check, labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import ErrorNote, label

OPEN, PASSWORD, KEY = "open", "password", "key"
_ABOUT = (
    "A folder by the BagIt standard: the released copies, an index of what was given and withheld and why, a cover "
    "letter, proofs from the log, and a verifier that needs nothing of ours."
)
_CLOSED = (
    ("A folder, open", OPEN),
    ("A ZIP under a password (AES-256)", PASSWORD),
    ("A file for the recipient’s key", KEY),
)


class PackageForm(QWidget):
    """`asked(Path, Seal, certified)`; `left()`: no package is made."""

    asked = Signal(object, object, bool)
    left = Signal()

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self.heading = label("", Type.PANEL, wrap=True)
        self.target = line("folder and name")
        self._browse = Button("Choose …", icon="folder", height=28)
        self._browse.clicked.connect(self._choose)
        self.closed = Choice(_CLOSED)
        self.password, self.again = PassphraseField(), PassphraseField()
        self.key, self.name = line("base64, as they sent it"), line("whose key it is")
        self.certified = check("Agency’s C2PA manifest in each copy")
        self.error = ErrorNote()
        self.make = keys.wear(Button("Make package", icon="file-export", look=Look.PRIMARY), "disclose.package")
        self.make.clicked.connect(self.submit)
        back = keys.wear(Button("Back", look=Look.QUIET), "disclose.requests")
        back.setToolTip("No package is made")
        back.clicked.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.heading)
        column.addWidget(label(_ABOUT, Type.BODY, "text2", wrap=True))
        column.addWidget(labelled("Where it is made", self.target))
        column.addWidget(self._browse)
        column.addWidget(labelled("How it is closed", self.closed))
        self._passwords = [labelled("Password", self.password), labelled("Password again", self.again)]
        self._keyed = [labelled("Recipient’s public key", self.key), labelled("Recipient", self.name)]
        for box in (*self._passwords, *self._keyed):
            column.addWidget(box)
        column.addWidget(self.certified)
        column.addWidget(self.error)
        row = QHBoxLayout()
        row.addWidget(self.make)
        row.addWidget(back)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()
        self.closed.currentIndexChanged.connect(lambda _at: self._show())
        self._show()

    def begin(self, request: Request, target: Path) -> None:
        self.heading.setText(f"Package for {request.number}")
        self.target.setText(str(target))
        self.name.setText(request.requester)
        self.certified.setChecked(True)
        self.error.clear()
        self.target.setFocus()

    def forget(self) -> None:
        """Nothing secret stays in it."""
        self.password.forget()
        self.again.forget()

    def _show(self) -> None:
        for box in self._passwords:
            box.setVisible(self.closed.value == PASSWORD)
        for box in self._keyed:
            box.setVisible(self.closed.value == KEY)

    def _choose(self) -> None:
        now = Path(self.target.text() or ".")
        found = QFileDialog.getExistingDirectory(self, "Where the package is made", str(now.parent))
        if found:
            self.target.setText(str(Path(found) / now.name))

    def submit(self) -> None:
        """Ask for it, if everything is there."""
        self.error.clear()
        if not self.target.text().strip():
            self.error.say(ReviewerError("The package has no name.", "Say where it is made."))
        elif self.closed.value == PASSWORD and self.password.text != self.again.text:
            self.error.say(ReviewerError("The two passwords differ.", "Type it twice alike; nobody can look it up."))
        elif self.closed.value == PASSWORD and not self.password.text:
            self.error.say(ReviewerError("There is no password.", "Type one, and tell it to the recipient apart."))
        elif self.closed.value == KEY and not self.key.text().strip():
            self.error.say(ReviewerError("There is no key.", "Paste the recipient’s public key."))
        else:
            self.asked.emit(Path(self.target.text().strip()), self._seal(), self.certified.isChecked())

    def _seal(self) -> Seal:
        if self.closed.value == PASSWORD:
            return Seal(password=self.password.text)
        if self.closed.value == KEY:
            return Seal(recipient=self.key.text().strip(), name=self.name.text().strip())
        return Seal()

    def say(self, error: ReviewerError) -> None:
        """It was not made. What was typed stays."""
        self.error.say(error)
