"""What the parts of the bridge tell each other."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credential:
    """What was read from a card.

    :param kind: ``token`` (ours), ``uid`` (a foreign card's number) or ``unreadable``
    :param value: the token, the UID in upper-case hex, or nothing
    :param medium: ``chip`` (contacts), ``rfid`` or ``qr``
    """

    kind: str
    value: str
    medium: str

    @property
    def fingerprint(self) -> str:
        """A name for logs and comparisons that does not give the credential away."""
        if not self.value:
            return ""
        return hashlib.sha256(f"{self.kind}|{self.value}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class CardPresented:
    """One card, put to one reader, once.

    :param key: names the insertion itself, so that telling it twice counts once
    :param origin: ``insert``, or ``found`` for a card that was there before we looked
    :param at_s: clock of the running machine (boot time), seconds
    """

    key: str
    credential: Credential
    reader: str
    origin: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The ERP's word on one presented card; *message* is in the till's language, ready to show."""

    key: str
    status: str
    message: str
    action: str = ""
    event_id: int = 0
    duplicate: bool = False
    watch_removal: bool = False
    encode: "EncodeJob | None" = None


@dataclass(frozen=True, slots=True)
class EncodeJob:
    """A screen asked for a card, and this one is to become it.

    :param key: the insertion the ERP decided on; another card must not be written
    :param token: what to write; new at every answer
    """

    encoding_id: int
    token: str
    number: str
    overwrite: bool
    key: str
    reader: str


def insertion_key(service: str, reader: str, counter: int) -> str:
    """Name an insertion by the card service's own count, which a restart of the bridge keeps."""
    return hashlib.sha256(f"{service}|{reader}|{counter}".encode()).hexdigest()[:40]
