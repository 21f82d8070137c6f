"""Write a new card: reserve a token in the ERP, put it on the card, read it back, confirm.

A card pulled on the way is empty and can be put back; only what was read back is confirmed.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from connector.exceptions import CardSystemError, ReaderError, RetryableError
from reader_bridge.cards import ndef
from reader_bridge.cards.base import CardDamaged, CardGone, CardRefused, Channel
from reader_bridge.cards.detect import find_family, read_credential
from reader_bridge.link import Link
from reader_bridge.messages import Say, Translator

_CONFIRM_RETRIES_S = (0.5, 1.0, 2.0)


class CardTaken(ReaderError):
    """The card is somebody's customer card already."""


class Slots(Protocol):
    """Where the card to be written is put."""

    def next_card(self) -> AbstractContextManager[Channel] | None:
        """Wait for the next card; None when nobody came."""


def write_token(channel: Channel, token: str, overwrite: bool = False) -> str:
    """Put the token on the card and return what the card says then.

    :raises CardTaken: it carries another token of ours
    :raises CardGone: pulled on the way; it is empty, and writing it again is safe
    :raises CardRefused: locked, too small, or no card of this kind
    """
    before = read_credential(channel)
    if before.kind == "token" and before.value == token:
        return token
    if before.kind == "sun":
        raise CardTaken("it is an NTAG 424 DNA, which signs by itself and is linked, not written")
    if before.kind == "token" and not overwrite:
        raise CardTaken("it is a customer card already")
    family, _ = find_family(channel)
    family.write_message(channel, ndef.text_message(token))
    return read_credential(channel).value


class Encoder:
    """One card for one number, step by step, with a sentence at each.

    :param tell: shows a sentence to the person at the reader
    """

    def __init__(
        self,
        link: Link,
        slots: Slots,
        say: Translator,
        tell: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._link = link
        self._slots = slots
        self._say = say
        self._tell = tell
        self._sleep = sleep

    def encode(self, number: str, overwrite: bool = False) -> bool:
        """Write the card of that number; False when nothing came of it, for a reason that was told.

        :raises CardSystemError: the ERP did not reserve the number
        """
        job = self._link.encoding("reserve", number=number)
        self._tell(self._say(Say.PUT_CARD, number=job["number"]))
        while (card := self._slots.next_card()) is not None:
            if self._write(card, job["token"], overwrite):
                return self._confirm(job)
        self._link.encoding("abort", encoding_id=job["encoding_id"])
        self._tell(self._say(Say.GAVE_UP))
        return False

    def _write(self, card: AbstractContextManager[Channel], token: str, overwrite: bool) -> bool:
        self._tell(self._say(Say.WRITING))
        try:
            with card as channel:
                if write_token(channel, token, overwrite) == token:
                    return True
            self._tell(self._say(Say.NOT_THE_SAME))
        except (CardGone, CardDamaged):
            self._tell(self._say(Say.PUT_BACK))
        except CardRefused as error:
            self._tell(self._say(Say.WRONG_CARD, reason=error))
        except ReaderError as error:
            self._tell(self._say(Say.WRONG_CARD, reason=error))
        return False

    def _confirm(self, job: dict[str, Any]) -> bool:
        for pause_s in (*_CONFIRM_RETRIES_S, None):
            try:
                answer = self._link.encoding(
                    "confirm", encoding_id=job["encoding_id"], read_back=job["token"]
                )
            except RetryableError as error:
                if pause_s is not None:
                    self._sleep(pause_s)
                    continue
                self._tell(self._say(Say.WRITTEN_NOT_CONFIRMED, reason=error))
                return False
            except CardSystemError as error:
                self._tell(self._say(Say.WRITTEN_NOT_CONFIRMED, reason=error))
                return False
            self._tell(answer.get("message") or self._say(Say.WRITTEN, number=answer["number"]))
            return True
        return False
