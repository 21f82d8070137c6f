"""What to change in the settings when an ERP cannot be reached: what it says is for programmers."""

import json
from urllib.error import URLError
from urllib.request import Request, urlopen

from connector.check.findings import Finding
from connector.erp import ErpSettings
from connector.exceptions import CardSystemError, ErpUnreachable

# What an error says, the key of the settings that is to blame, and what to do.
_MEANINGS = (
    (
        ("Hostname mismatch", "doesn't match", "certificate is not valid for"),
        "url",
        "The certificate is for another name: write the name that stands in it.",
    ),
    (
        ("CERTIFICATE_VERIFY_FAILED", "self-signed", "self signed"),
        "url",
        "Its certificate is of your own making. Put the certificate of your authority (PEM) into a"
        " file and set SSL_CERT_FILE=/path/of/that/file for this command and for the worker"
        " (systemd: Environment=SSL_CERT_FILE=...). There is no switch that trusts everybody.",
    ),
    (
        ("WRONG_VERSION_NUMBER", "record layer failure", "UNEXPECTED_EOF", "HTTP_REQUEST"),
        "url",
        "This port does not speak TLS: write http:// in place of https://, or the port that does.",
    ),
    (
        ("Name or service not known", "name resolution", "nodename nor servname"),
        "url",
        "Nobody knows a computer of this name: look at its spelling.",
    ),
    (
        ("Connection refused",),
        "url",
        "The computer is there, and nothing listens at this port: Odoo's own is 8069, behind a"
        " proxy it is 443.",
    ),
    (
        ("RemoteDisconnected", "closed connection without response", "HTTP 400"),
        "url",
        "It hung up at once: a port that wants https:// does that.",
    ),
)
_NO_DATABASE = ("does not reach its database", "does not serve the database")
_LIST_S = 5.0


def advised(broken: CardSystemError, settings: ErpSettings) -> Finding:
    """Return what is wrong, with the key of the settings, and what to do about it."""
    text = " ".join(str(broken).split())
    if any(sign in text for sign in _NO_DATABASE):
        return Finding("error", f"{text} {_databases(settings)}", "database")
    if isinstance(broken, ErpUnreachable):
        for signs, key, meaning in _MEANINGS:
            if any(sign in text for sign in signs):
                return Finding("error", f"{text} {meaning}", key)
        return Finding("error", text)
    is_login = "does not accept the" in text
    return Finding("error", text, "secret" if is_login else "")


def _databases(settings: ErpSettings) -> str:
    """Return which databases there are, as far as the server tells."""
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": {}}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{settings.url}/web/database/list", body, headers)  # noqa: S310 checked
    try:
        with urlopen(request, timeout=_LIST_S) as answer:  # noqa: S310 the scheme is checked
            names = json.load(answer).get("result") or []
    except (URLError, OSError, ValueError, AttributeError):
        names = []
    wrong = f"If others work with it now, '{settings.database}' is not its name"
    return f"{wrong}; there is: {', '.join(map(str, names))}." if names else f"{wrong}."
