"""Every sentence the bridge says by itself, in English; the catalogue beside it has the German.

What the ERP answers is in the till's language already and is shown as it comes.
"""

import ast
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path


class Say(StrEnum):
    """The sentences; each says what is the matter and, where it helps, what to do."""

    WATCHING = "Waiting for cards at: %(readers)s."
    NO_READER = "No card reader is connected. Plug it in; nothing else needs to be done."
    READER_GONE = "The card reader %(reader)s was unplugged. Plug it in again to go on."
    READER_FOUND = "The card reader %(reader)s is ready."
    NO_SERVICE = (
        "The smart card service of this computer does not answer (%(reason)s). Cards are not seen"
        " until it runs again; it is tried all the time."
    )
    SERVICE_BACK = "The smart card service answers again."
    CARD_NOTED = "Card noted at %(reader)s."
    CARD_UNREADABLE = "The card at %(reader)s could not be read. Please put it in again."
    CARD_SAME = "The card in %(reader)s was already reported; it counts once."
    CARD_FOUND = "A card was already in %(reader)s."
    NOT_NOTED = (
        "The card at %(reader)s could not be noted on this computer (%(reason)s). It does not"
        " count; please free some disk space and put it in again."
    )
    ERP_AWAY = "The ERP does not answer. The card is noted and reported later; nothing was booked."
    ERP_WAITING = "The ERP does not answer (%(reason)s). Cards waiting: %(count)s."
    ERP_BACK = "The ERP answers again."
    ERP_LOCKED_OUT = "The ERP does not let this till in; cards wait here. %(reason)s"
    EVENT_REJECTED = "The ERP cannot take the card at %(reader)s: %(reason)s"
    UNEXPECTED = "Something unexpected happened (%(reason)s). The card is kept and tried again."
    PUT_CARD = "Put the card for number %(number)s into the reader."
    WRITING = "Writing the card. Leave it where it is."
    PUT_BACK = "The card was taken away too early. Put it back; it will be written again."
    WRONG_CARD = "This card cannot be written: %(reason)s. Take another one."
    NOT_THE_SAME = "What the card holds is not what was written. Take another card."
    WRITTEN = "Card %(number)s is written and confirmed."
    WRITTEN_NOT_CONFIRMED = (
        "The card is written, but the ERP did not confirm it (%(reason)s). Run the same command"
        " again with --overwrite and this card."
    )
    GAVE_UP = "No card came. Nothing was written, and the number is free again."
    NOT_RUNNING = "No bridge answers at %(address)s."


class Translator:
    """Says sentences in one language; English where the catalogue has none.

    :param language: Odoo's code (``de_DE``) or the first half of it
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._catalogue = _catalogue(language.partition("_")[0])

    def __call__(self, sentence: Say, **values: object) -> str:
        """Return the sentence with its values."""
        return self._catalogue.get(sentence.value, sentence.value) % values


_ENTRY = re.compile(
    r'^msgid\s+((?:"(?:[^"\\]|\\.)*"\s*)+)^msgstr\s+((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE
)


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    # Python's gettext reads compiled files only, and a build step for some thirty sentences costs
    # more than these lines.
    folder = Path(__file__).with_name("locale")
    path = folder / language / "LC_MESSAGES" / "reader_bridge.po"
    if not language.isalpha() or not path.is_file():
        return {}
    entries = _ENTRY.findall(path.read_text(encoding="utf-8"))
    pairs = ((_joined(source), _joined(target)) for source, target in entries)
    return {source: target for source, target in pairs if source and target}


def _joined(literals: str) -> str:
    return "".join(ast.literal_eval(line) for line in literals.split("\n") if line.strip())
