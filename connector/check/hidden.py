"""Looks for what an ERP hides from a user: other companies, and rows by record rules.

Over RPC what is hidden looks like what is not there, so the check says what it could not see.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from connector.check.findings import Finding, ok, warning
from connector.erp import Erp
from connector.exceptions import ErpRefused
from connector.rows import CONTEXT

# Domains that let everything through.
ALL = {"", "[]", "[(1,'=',1)]", '[(1,"=",1)]', "[(True,'=',True)]"}
BY_COMPANY = "company_id"


def look_for_hidden(erp: Erp, login: str, models: Sequence[str]) -> Iterator[Finding]:
    """Say whether this user sees all rows of *models*.

    :param models: what the mapping reads
    """
    groups = _groups_field(erp)
    (user,) = erp.call(
        "res.users",
        "search_read",
        domain=[["login", "=", login]],
        fields=["company_ids", groups],
        context=CONTEXT,
    )
    yield from _companies(erp, user["company_ids"])
    yield from _rules(erp, models, user[groups])


def _groups_field(erp: Erp) -> str:
    names = ["all_group_ids", "groups_id"]
    known = erp.call("res.users", "fields_get", allfields=names, attributes=["type"])
    return next(name for name in names if name in known)


def _companies(erp: Erp, mine: Sequence[int]) -> Iterator[Finding]:
    seen = erp.call(
        "res.company", "search_read", domain=[], fields=["name"], order="id", context=CONTEXT
    )
    hidden = [one["name"] for one in seen if one["id"] not in mine]
    if hidden:
        yield warning(
            f"This user is in {len(mine)} of {len(seen)} companies; nothing is read of"
            f" {', '.join(hidden)}. Add them to the user, if they belong to the shop."
        )
        return
    names = ", ".join(one["name"] for one in seen)
    yield ok(f"Read are the companies {names}; others, if there are any, hide from this user.")


def _rules(erp: Erp, models: Sequence[str], groups: Sequence[int]) -> Iterator[Finding]:
    fields = ["name", "model_id", "groups", "domain_force"]
    try:
        rules = erp.call(
            "ir.rule",
            "search_read",
            domain=[["model_id.model", "in", list(models)], ["perm_read", "=", True]],
            fields=fields,
            context={"lang": "en_US"},
        )
    except ErpRefused:
        yield ok(
            "Record rules may hide rows; only an administrator's user can list them. Compare the"
            " numbers of rows below with what an administrator sees."
        )
        return
    found = [text for model in _by_model(rules) for text in _hiding(model, groups)]
    yield from map(warning, found)
    if not found:
        yield ok("No record rule but those of companies hides rows from this user.")


def _by_model(rules: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    models: dict[int, list[dict[str, Any]]] = {}
    for rule in rules:
        models.setdefault(rule["model_id"][0], []).append(rule)
    return list(models.values())


def _hiding(rules: Sequence[dict[str, Any]], groups: Sequence[int]) -> Iterator[str]:
    """Say which rules of one model narrow what this user sees.

    A rule for everybody always does; of those for groups one is enough that shows all.
    """
    of_groups = [rule for rule in rules if set(rule["groups"]) & set(groups)]
    if any(_shows_all(rule) for rule in of_groups):
        of_groups = []
    for rule in [rule for rule in rules if not rule["groups"]] + of_groups:
        if not _shows_all(rule) and BY_COMPANY not in rule["domain_force"]:
            yield (
                f"The record rule '{rule['name']}' may hide rows of {rule['model_id'][1]} from this"
                f" user: {' '.join(rule['domain_force'].split())}"
            )


def _shows_all(rule: dict[str, Any]) -> bool:
    return "".join(str(rule["domain_force"] or "").split()) in ALL
