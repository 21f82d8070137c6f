"""``customer-card-bridge status``: how the running bridge does, for people or as JSON."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from reader_bridge.health import HOST
from reader_bridge.messages import Say, Translator, language_of_user


def fetch(port: int) -> dict[str, Any] | None:
    """Return what the running bridge says of itself; None when none runs."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:  # noqa: S310
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error))
    except (OSError, ValueError):
        return None


def show(port: int, language: str, as_json: bool, tell: Callable[[str], None] = print) -> int:
    """Tell it; return 0 when all is well, 1 when something is wrong, 2 when nobody answers."""
    facts = fetch(port)
    if facts is None:
        if as_json:
            tell(json.dumps({"ok": False, "running": False}))
        else:
            say = Translator(language_of_user() if language == "auto" else language)
            tell(say(Say.NOT_RUNNING, address=f"{HOST}:{port}"))
        return 2
    if as_json:
        tell(json.dumps({**facts, "running": True}, ensure_ascii=False))
    else:
        for line in _lines(facts, Translator(facts["language"])):
            tell(line)
    return 0 if facts["ok"] else 1


def _lines(facts: dict[str, Any], say: Translator) -> Iterator[str]:
    yield say(Say.STATUS_TILL, till=facts["till"] or "?", version=facts["version"])
    for name, state in sorted(facts["readers"].items()):
        sentence = {"card": Say.STATUS_READER_CARD, "gone": Say.STATUS_READER_GONE}.get(state)
        media = ", ".join(facts["media"].get(name) or ["?"])
        yield say(sentence or Say.STATUS_READER_READY, reader=name, media=media)
    if not facts["readers"]:
        yield say(Say.NO_READER)
    if facts["erp_ok_age_s"] is None:
        yield say(Say.STATUS_ERP_NEVER)
    else:
        yield say(Say.STATUS_ERP, age=round(facts["erp_ok_age_s"]))
    yield say(Say.STATUS_SCREEN if facts["screen"] else Say.STATUS_NO_SCREEN)
    if facts["spool_depth"]:
        yield say(
            Say.STATUS_WAITING,
            count=facts["spool_depth"],
            age=round(facts["spool_oldest_age_s"] or 0),
        )
    for part, sentence in facts["trouble"].items():
        if not (part == "cards" and not facts["readers"]):
            yield f"! {sentence}"
