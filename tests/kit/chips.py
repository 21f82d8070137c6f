"""Chips for cards that customers hold: a screen asks for them, as a seller does."""

import secrets
import uuid

from connector.erp import Erp


def write_chip(office: Erp, reader: Erp, card: int) -> str:
    """Let a screen of the reader's till ask for *card*, write it, and return its token.

    :param office: signed in with a session; a screen belongs to one
    """
    till = office.call("customer.till", "screen_tills")[0]["id"]
    screen = office.call("customer.till", "pair_screen", till_id=till)["secret"]
    office.call("customer.card.encoding", "request", card_id=card, screen=screen)
    blank = {"key": uuid.uuid4().hex, "kind": "uid", "value": secrets.token_hex(7).upper()}
    event = {**blank, "medium": "chip", "origin": "insert", "age_s": 0}
    (answer,) = reader.call("customer.till", "card_presented", events=[event])
    job = answer["encode"]
    written = {"encoding_id": job["encoding_id"], "read_back": job["token"]}
    reader.call("customer.card.encoding", "confirm", **written)
    office.call("customer.till", "unpair_screen", screen=screen)
    return str(job["token"])
