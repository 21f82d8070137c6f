"""What a PC/SC reader can read, as far as its name gives it away."""

import re

_RADIO = re.compile(
    r"picc|contactless|nfc|rfid|acr122|acr125|acr1281|acr1283|acr1552|5021|5022|5027|5321.*CL|5422.*CL"
    r"|5427|\bcl\b|\bsam\b.*rf|pn53|proximity",
    re.IGNORECASE,
)
_CONTACTS = re.compile(
    r"\bicc\b|acr38|acr39|acr40|scr3|scr 3|scr11|1021|3021|3121|3821|gempc|gemalto|cherry|contact\b"
    r"|smart ?card reader",
    re.IGNORECASE,
)


def media_of(name: str) -> tuple[str, ...]:
    """Return which of ``chip`` and ``rfid`` the reader takes; both where its name tells nothing."""
    if _RADIO.search(name):
        return ("rfid",)
    return ("chip",) if _CONTACTS.search(name) else ("chip", "rfid")
