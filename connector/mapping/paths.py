"""Follows a dotted path through what an ERP says about its fields."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from connector.mapping.yamlfile import did_you_mean

FieldInfo = Mapping[str, Any]
Describe = Callable[[str], Mapping[str, FieldInfo] | None]


def walk(
    describe: Describe, model: str, path: str, through: Collection[str] = ("many2one",)
) -> tuple[FieldInfo | None, str]:
    """Return what the ERP says about the field at the end of *path*, or what is wrong.

    :param through: kinds of fields that may be followed
    """
    info: FieldInfo | None = None
    for step, name in enumerate(path.split(".")):
        if info is not None:
            if info["type"] not in through:
                before = path.split(".")[step - 1]
                return None, f"{model}.{before} does not point to one record"
            model = str(info["relation"])
        known = describe(model)
        if known is None or name not in known:
            hint = did_you_mean(name, sorted(known or ()))
            return None, f"the ERP has no field '{name}' in {model}{hint}"
        info = known[name]
    return info, ""
