"""Every sentence the bridge says by itself, in English; the catalogue beside it has the German.

What the ERP answers is in the till's language already and is shown as it comes.
"""

import gettext
import os
from enum import StrEnum
from pathlib import Path

DOMAIN = "reader_bridge"
LOCALE = Path(__file__).with_name("locale")


class Say(StrEnum):
    """The sentences; each says what is the matter and, where it helps, what to do."""

    STARTED = "Reader program %(version)s started. Cards waiting: %(count)s."
    WATCHING = "Waiting for cards at: %(readers)s."
    NO_READER = "No card reader is connected. Plug it in; nothing else needs to be done."
    READER_GONE = "The card reader %(reader)s was unplugged. Plug it in again to go on."
    READER_FOUND = "The card reader %(reader)s is ready."
    DEVICE_MISSING = (
        "Nothing answers at %(device)s (%(reason)s). Plug the scanner or reader in, or correct the"
        " settings; it is tried all the time."
    )
    NO_SERVICE = (
        "The smart card service of this computer does not answer (%(reason)s). Cards are not seen"
        " until it runs again; it is tried all the time."
    )
    SERVICE_BACK = "The smart card service answers again."
    CARD_NOTED = "Card noted at %(reader)s."
    CARD_UNREADABLE = "The card at %(reader)s could not be read. Please put it in again."
    READER_BUSY = (
        "Another program on this computer keeps the card in %(reader)s to itself. Close it or wait,"
        " and leave the card where it is: it is read as soon as it is free."
    )
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
    NO_HEALTH = (
        "The status page cannot use port %(port)s (%(reason)s). Cards are read all the same; end"
        " the other program, or set another health_port."
    )
    KEY_RENEWED = "The key of this till was renewed; the new one is valid until %(day)s."
    KEY_NOT_KEPT = (
        "The key of this till ends soon and cannot be renewed (%(reason)s). Run"
        " customer-card-bridge setup with a new code."
    )
    CARD_TAKEN = "This card is a customer card already. Take an empty one."
    ASKED_NOT_CONFIRMED = (
        "The card is written, but the ERP did not confirm it (%(reason)s). Put it in again."
    )
    READERS_FOUND = "Card readers found: %(readers)s."
    READERS_NONE = (
        "No card reader was found. Setup goes on; plug the reader in later; nothing else needs to"
        " be done."
    )
    SERVICE_MISSING = (
        "The smart card service of this computer does not answer (%(reason)s). On Debian:"
        " apt install pcscd."
    )
    ASK_ADDRESS = "Address of the ERP (as in the browser): "
    ASK_SCANNER = "Is %(port)s a barcode scanner? Type y and Enter, or just Enter for no: "
    ASK_CODE = "Code (in Odoo: the till, button Pair a reader): "
    BAD_ADDRESS = "%(text)s is no address. Write it like https://erp.example.com."
    BAD_CODE = "The code has eight digits."
    NO_RIGHTS = (
        "%(path)s cannot be written (%(reason)s). Start setup as administrator (Linux: with sudo),"
        " or with --user to set it up for yourself only. The code was not used."
    )
    PLAIN_HTTP = "Note: %(address)s is not encrypted. Use this in your own network only."
    NO_SUCH_HOST = "There is no computer named %(host)s. Check the address."
    NO_ANSWER = "%(address)s does not answer (%(reason)s). Check the address and the network."
    TLS_UNTRUSTED = (
        "The certificate of %(address)s is not trusted (%(reason)s). Check the address and the"
        " clock of this computer; install the certificate authority if it is your own."
    )
    NO_TLS = (
        "%(address)s does not speak TLS. Check the port; an ERP in your own network without TLS is"
        " written with http://."
    )
    REDIRECTED = "%(address)s sends us on to %(other)s. Use that address."
    NO_CUSTOMER_CARDS = (
        "%(address)s answers, but has no pairing. Check the address, and that Customer Cards is"
        " installed there; a server with several databases needs --database."
    )
    NOT_AN_ERP = "What answers at %(address)s is no Odoo with Customer Cards. Check the address."
    CODE_WRONG = "The code is wrong. Look at the till's form again."
    CODE_USED = "The code was used already. Press Pair a reader on the till for a new one."
    CODE_TOO_OLD = "The code is older than ten minutes. Press Pair a reader for a new one."
    CODE_TOO_MANY = "Too many wrong codes. Wait ten minutes, then use a new code."
    PAIRED = "Paired with %(till)s. The key is valid until %(day)s and renews itself."
    PAIRED_NOT_CHECKED = (
        "Paired, but the ERP did not take the first report (%(reason)s). The bridge goes on trying."
    )
    FILES_WRITTEN = "Written: %(config)s and %(key)s."
    TEST_CARD = "Put a card on the reader to test it (or press Ctrl+C to skip)."
    TEST_GOOD = "Read: %(kind)s, %(medium)s, in %(reader)s. The reader works."
    TEST_BAD = "The card in %(reader)s could not be read. Try another one later."
    TEST_NONE = "No card came. That is no problem; test it later with a customer's card."
    SERVICE_STARTED = "The service runs and starts with the computer."
    SERVICE_FAILED = "The service could not be started: %(reason)s"
    START_SYSTEMD = "Start it, now and with the computer: sudo customer-card-bridge setup --service"
    START_BY_HAND = (
        "Start it with: customer-card-bridge run --config %(config)s (see docs/till.md)."
    )
    STATUS_TILL = "Till %(till)s, bridge %(version)s."
    STATUS_READER_READY = "Reader %(reader)s: ready, reads %(media)s."
    STATUS_READER_CARD = "Reader %(reader)s: a card lies in it."
    STATUS_READER_GONE = "Reader %(reader)s: not connected."
    STATUS_ERP = "The ERP answered %(age)s s ago."
    STATUS_ERP_NEVER = "The ERP has not answered since the bridge was started."
    STATUS_SCREEN = "A screen is paired."
    STATUS_NO_SCREEN = "No screen is paired: cards open nothing. Pair one in Odoo."
    STATUS_WAITING = "Cards waiting: %(count)s, the oldest for %(age)s s."
    SIMULATED = "Presented: %(kind)s, as if at %(reader)s."
    SIMULATED_WAITING = "The card waits in the spool; the ERP has not answered yet."
    SIMULATED_NUMBER = (
        "A number is known of partner cards only. Your own cards are known by their code: use --qr"
        " or --token with the text that is on the card."
    )
    NOT_A_TOKEN = "%(text)s is no token of a customer card."
    NOT_A_UID = "%(text)s is no card number in hexadecimal digits."


class Translator:
    """Says sentences in one language; English where the catalogue has none.

    :param language: Odoo's code (``de_DE``) or the first half of it
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        short = language.partition("_")[0]
        # Compiled when the package is built or set up (setup.py).
        self._catalogue = gettext.translation(
            DOMAIN, LOCALE, [short] if short.isalpha() else [], fallback=True
        )

    def __call__(self, sentence: Say, **values: object) -> str:
        """Return the sentence with its values."""
        return self._catalogue.gettext(sentence.value) % values


def language_of_user() -> str:
    """Return the language of whoever sits here; the till's own is known only later."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.partition(".")[0]
    return "en"
