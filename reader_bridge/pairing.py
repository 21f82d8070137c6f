"""Turn the eight digits that the till's form shows into the key of that till."""

import json
import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from connector.exceptions import FatalError
from reader_bridge.messages import Say, Translator

_TIMEOUT_S = 20.0
_REFUSALS = {
    "wrong_code": Say.CODE_WRONG,
    "code_used": Say.CODE_USED,
    "code_too_old": Say.CODE_TOO_OLD,
    "too_many": Say.CODE_TOO_MANY,
}


class PairingFailed(FatalError):
    """No pairing came about, and the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Paired:
    """What the ERP gave: where this till is, and its key."""

    url: str
    database: str
    login: str
    key: str
    till: str
    valid_until: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: the code must not travel where nobody sent it."""


def normal_address(text: str) -> str:
    """Return scheme, host and port of what somebody typed or pasted; https unless told otherwise.

    :raises ValueError: there is no host in it
    """
    text = text.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(text)
    return f"{parts.scheme}://{parts.netloc}"


def pair(address: str, code: str, say: Translator, database: str = "") -> Paired:
    """Give the code to the ERP and return what it gives for it.

    :param address: as :func:`normal_address` returns it
    :param database: only where one server has several
    :raises PairingFailed: why not, in one sentence
    """
    request = urllib.request.Request(  # noqa: S310
        f"{address}/customer_card/pair",
        json.dumps({"code": code}).encode(),
        {"Content-Type": "application/json", "Accept": "application/json"}
        | ({"X-Odoo-Database": database} if database else {}),
    )
    try:
        opener = urllib.request.build_opener(_NoRedirect())
        with opener.open(request, timeout=_TIMEOUT_S) as answer:
            return _paired(address, json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            raise PairingFailed(_refusal(error, address, say)) from None
    except (ValueError, KeyError, TypeError, HTTPException):
        raise PairingFailed(say(Say.NOT_AN_ERP, address=address)) from None
    except OSError as error:
        raise PairingFailed(_no_connection(error, address, say)) from error


def _paired(address: str, facts: dict[str, Any]) -> Paired:
    return Paired(
        address,
        *(str(facts[name]) for name in ("database", "login", "key", "till", "valid_until")),
    )


def _refusal(error: urllib.error.HTTPError, address: str, say: Translator) -> str:
    try:
        facts = json.load(error)
    except (ValueError, OSError):
        facts = None
    code = facts.get("error") if isinstance(facts, dict) else None
    if code in _REFUSALS:
        return say(_REFUSALS[code])
    if 300 <= error.code < 400:
        return say(Say.REDIRECTED, address=address, other=error.headers.get("Location") or "?")
    if error.code == 404:
        return say(Say.NO_CUSTOMER_CARDS, address=address)
    if error.code in {502, 503, 504}:
        return say(Say.NO_ANSWER, address=address, reason=f"HTTP {error.code}")
    return say(Say.NOT_AN_ERP, address=address)


def _no_connection(error: OSError, address: str, say: Translator) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return say(
            Say.TLS_UNTRUSTED,
            address=address,
            reason=getattr(reason, "verify_message", "") or reason,
        )
    if isinstance(reason, ssl.SSLError):
        return say(Say.NO_TLS, address=address)
    if isinstance(reason, socket.gaierror):
        return say(Say.NO_SUCH_HOST, host=urlsplit(address).hostname)
    return say(Say.NO_ANSWER, address=address, reason=str(reason) or type(reason).__name__)
