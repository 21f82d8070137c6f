"""How presented cards and the ERP's answers look on their way."""

from collections.abc import Mapping, Sequence
from typing import Any

from reader_bridge.events import Answer, CardPresented, EncodeJob
from reader_bridge.spool import Waiting


def as_dict(waiting: Waiting) -> dict[str, Any]:
    """Return one card as ``customer.till.card_presented`` takes it."""
    event = waiting.event
    return {
        "key": event.key,
        "kind": event.credential.kind,
        "value": event.credential.value,
        "medium": event.credential.medium,
        "reader": event.reader,
        "origin": event.origin,
        "age_s": round(waiting.age_s, 3),
        "seq": waiting.seq,
    }


def answers(rows: Any, waiting: Sequence[Waiting]) -> list[Answer]:
    """Return the ERP's answers in the order of the cards.

    :raises KeyError: one is missing
    """
    by_key = {str(row["key"]): row for row in rows}
    return [_answer(by_key[each.event.key], each.event) for each in waiting]


def _answer(row: Mapping[str, Any], event: CardPresented) -> Answer:
    return Answer(
        key=event.key,
        status=str(row["status"]),
        message=str(row.get("message") or ""),
        action=str(row.get("action") or ""),
        event_id=int(row.get("event_id") or 0),
        duplicate=bool(row.get("duplicate")),
        watch_removal=bool(row.get("watch_removal")),
        encode=_job(row["encode"], event) if row.get("encode") else None,
    )


def _job(facts: Mapping[str, Any], event: CardPresented) -> EncodeJob:
    return EncodeJob(
        encoding_id=int(facts["encoding_id"]),
        token=str(facts["token"]),
        number=str(facts.get("number") or ""),
        overwrite=bool(facts.get("overwrite")),
        key=event.key,
        reader=event.reader,
    )
