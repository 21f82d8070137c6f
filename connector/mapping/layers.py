"""Mapping files on top of the files that they extend."""

from importlib import resources
from pathlib import Path
from typing import Any

from connector.exceptions import ConfigInvalid
from connector.mapping.yamlfile import Keys, YamlFile, did_you_mean


class Layers:
    """Files put on top of each other; each value knows its file.

    Lists, conditions and the rule of a field replace what was there, other mappings merge.
    """

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self._origin: dict[Keys, YamlFile] = {}

    def add(self, file: YamlFile) -> None:
        """Put one more file on top."""
        self._merge(self.data, file.data, (), file)

    def where(self, path: Keys) -> str:
        """Return file:line:column of what counts at *path*."""
        return self._file(path).where(path)

    def file(self, path: Keys) -> Path:
        """Return the file of what counts at *path*."""
        return self._file(path).path

    def _file(self, path: Keys) -> YamlFile:
        while path not in self._origin:
            path = path[:-1]
        return self._origin[path]

    def _forget(self, value: Any, path: Keys) -> None:
        """Forget where a value came from that another file replaces."""
        self._origin.pop(path, None)
        if isinstance(value, dict):
            for key, below in value.items():
                self._forget(below, (*path, key))

    def _merge(self, base: dict[str, Any], new: dict[str, Any], path: Keys, file: YamlFile) -> None:
        self._origin[path] = file
        for key, value in new.items():
            here = (*path, key)
            replaces = here[1:] == ("live",) or (len(here) == 3 and here[1] == "fields")
            if isinstance(value, dict) and isinstance(base.get(key), dict) and not replaces:
                self._merge(base[key], value, here, file)
                continue
            if key in base:
                self._forget(base[key], here)
            base[key] = {} if isinstance(value, dict) else value
            self._origin[here] = file
            if isinstance(value, dict):
                self._merge(base[key], value, here, file)


SHIPPED = Path(str(resources.files("connector.mapping")))


def find(name_or_path: str, folder: Path | None) -> Path:
    """Return the shipped mapping of that name, or the file at that path.

    :raises ConfigInvalid: there is neither
    """
    shipped = SHIPPED / f"{name_or_path}.yaml"
    if "/" not in name_or_path and shipped.is_file():
        return shipped
    path = (folder or Path()) / Path(name_or_path).expanduser()
    if not path.is_file():
        names = sorted(p.stem for p in shipped.parent.glob("*.yaml"))
        text = f"no mapping '{name_or_path}': neither a file nor one of: {', '.join(names)}"
        raise ConfigInvalid([text + _like(name_or_path, names)])
    return path


def _like(name: str, known: list[str]) -> str:
    """Return which shipped mapping to extend for a version that has none of its own."""
    version = name.removeprefix("odoo-")
    if version == name or not version.isdigit():
        return did_you_mean(name, known)
    older = [one for one in known if int(one.removeprefix("odoo-")) <= int(version)]
    near = max(older or known, key=lambda one: int(one.removeprefix("odoo-")))
    return (
        f". Write 'extends: {near}' and 'version: {version}' into a file of your own, and name that"
    )
