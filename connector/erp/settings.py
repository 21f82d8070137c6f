"""Where an ERP is and how to get in."""

from dataclasses import dataclass, field

TRANSPORTS = ("json2", "web", "jsonrpc")


@dataclass(frozen=True, slots=True)
class ErpSettings:
    """Where an ERP is and how to get in.

    :param secret: API key (json2, jsonrpc) or password (web, jsonrpc)
    :param timeout_s: per socket operation; the ERP may finish the call after we gave up
    """

    url: str
    database: str
    login: str
    secret: str = field(repr=False)
    transport: str = "json2"
    timeout_s: float = 30.0
