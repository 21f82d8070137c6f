"""``customer-card-bridge setup``: from a bare computer to a reader that reports cards."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from connector.erp import Erp, ErpSettings, connect
from connector.exceptions import CardSystemError, FatalError
from reader_bridge import __version__
from reader_bridge.keyfile import check_writable, write_private
from reader_bridge.messages import Say, Translator
from reader_bridge.pairing import Paired, normal_address, pair
from reader_bridge.places import Places

_HEAD = """\
# One till's card readers. Written by customer-card-bridge setup, which keeps what you change below.
# All keys: bridge.example.yaml. The secret itself is in the file that \'secret\' names.
"""


class SetupFailed(FatalError):
    """Setup ended early; nothing half done is left."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was given on the command line; an empty address or code is asked for.

    :param scanners: serial ports, or patterns of them, at which scanners are
    """

    places: Places
    address: str = ""
    code: str = ""
    database: str = ""
    scanners: tuple[str, ...] = ()


class TillSetup:
    """The steps that need no card reader.

    :param ask: shows a question and returns the answer
    :param tell: shows a sentence
    """

    def __init__(
        self,
        wishes: Wishes,
        say: Translator,
        ask: Callable[[str], str],
        tell: Callable[[str], None],
        dial: Callable[[ErpSettings], Erp] = connect,
    ) -> None:
        self._wishes, self._say, self._ask, self._tell = wishes, say, ask, tell
        self._dial = dial

    def run(self) -> Paired:
        """Pair this computer with a till, and keep what the ERP gives.

        :raises SetupFailed: input or rights are missing; the code was not used
        :raises PairingFailed: the ERP gave nothing
        """
        places = self._wishes.places
        self._check_rights(places)
        address = self._address()
        paired = pair(address, self._code(), self._say, self._wishes.database)
        write_private(places.key, paired.key + "\n")
        write_private(places.config, self._config(paired), 0o644)
        self._tell(self._say(Say.PAIRED, till=paired.till, day=paired.valid_until))
        self._tell(self._say(Say.FILES_WRITTEN, config=places.config, key=places.key))
        self._first_report(paired)
        return paired

    def _check_rights(self, places: Places) -> None:
        for path in (places.config, places.key):
            try:
                check_writable(path)
            except OSError as error:
                reason = error.strerror or error
                raise SetupFailed(
                    self._say(Say.NO_RIGHTS, path=path.parent, reason=reason)
                ) from error

    def _address(self) -> str:
        text = self._wishes.address or self._ask(self._say(Say.ASK_ADDRESS))
        try:
            address = normal_address(text)
        except ValueError:
            raise SetupFailed(self._say(Say.BAD_ADDRESS, text=text.strip())) from None
        if address.startswith("http://"):
            self._tell(self._say(Say.PLAIN_HTTP, address=address))
        return address

    def _code(self) -> str:
        text = self._wishes.code or self._ask(self._say(Say.ASK_CODE))
        code = "".join(text.split())
        if len(code) != 8 or not code.isdigit():
            raise SetupFailed(self._say(Say.BAD_CODE))
        return code

    def _config(self, paired: Paired) -> str:
        """Return the settings file; what an earlier one said about other things is kept."""
        places = self._wishes.places
        kept = _kept(places.config)
        erp = {
            "url": paired.url,
            "database": paired.database,
            "login": paired.login,
            "secret": f"file:{places.key}",
        }
        content = {**kept, "erp": erp, "spool": kept.get("spool", str(places.spool))}
        if self._wishes.scanners:
            content["scanners"] = [{"serial": port} for port in self._wishes.scanners]
        return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True)

    def _first_report(self, paired: Paired) -> None:
        """Use the new key once; from then on an earlier reader's key is over."""
        settings = ErpSettings(paired.url, paired.database, paired.login, paired.key)
        info = {"version": __version__, "spool_depth": 0, "readers": []}
        try:
            self._dial(settings).call("customer.till", "heartbeat", info=info)
        except CardSystemError as error:
            reason = str(error).rstrip(".")
            self._tell(self._say(Say.PAIRED_NOT_CHECKED, reason=reason))


def _kept(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}
