"""Virtual cards: one image file each, put into the virtual reader and taken out again."""

import json
import subprocess
from pathlib import Path

from dev import process
from dev.parts import CARDS
from dev.paths import ROOT, VENV
from dev.pcsc import Pcscd
from dev.say import Trouble

BLANK = "blank"  # nothing is on it until it is written
PRESENT = [VENV / "bin/python", "-m", "tests.kit.present"]


class CardBox:
    """The cards of one demo database: their content comes from it, the images stay."""

    def __init__(self, keys: Path, images: Path) -> None:
        self.keys = keys
        self.images = images

    def names(self) -> list[str]:
        """Return the names of all cards."""
        return [*sorted(self._tokens()), BLANK]

    def image(self, name: str) -> Path:
        """Return the image of a card, made on its first use.

        :raises Trouble: when there is no card of that name
        """
        path = self.images / f"{name}.json"
        if path.exists():
            return path
        kind = (
            ("--kind", "type2")
            if name == BLANK
            else ("--kind", "chip", "--token", self.token(name))
        )
        self.images.mkdir(mode=0o700, parents=True, exist_ok=True)
        _present("blank", "--image", path, *kind)
        return path

    def token(self, name: str) -> str:
        """Return what is on a card.

        :raises Trouble: when there is no card of that name
        """
        token = self._tokens().get(name)
        if not token:
            raise Trouble(f"No card is called {name!r}. There are: {', '.join(self.names())}")
        return token

    def _tokens(self) -> dict[str, str]:
        try:
            return json.loads((self.keys / CARDS).read_text())
        except FileNotFoundError:
            raise Trouble("There are no cards yet. Start the demo first: make demo") from None


def insert(pcscd: Pcscd, image: Path) -> None:
    """Put a card into the first reader, where it stays."""
    remove(pcscd)
    name = f"{pcscd.name}-card"
    argv = [*PRESENT, "insert", "--port", str(pcscd.port), "--image", image]
    process.start(name, argv, ready=lambda: True, cwd=ROOT)


def remove(pcscd: Pcscd) -> bool:
    """Take the card out; return whether there was one."""
    name = f"{pcscd.name}-card"
    found = process.running(name) is not None
    _present("remove", "--port", str(pcscd.port))
    process.stop(name)
    return found


def _present(*arguments: str | Path) -> None:
    subprocess.run([*PRESENT, *arguments], cwd=ROOT, check=True)
