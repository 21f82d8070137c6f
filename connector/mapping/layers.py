"""Mapping files on top of the files that they extend."""

from importlib import resources
from pathlib import Path
from typing import Any

from connector.exceptions import ConfigInvalid
from connector.mapping.yamlfile import Keys, YamlFile


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
        origin = path
        while origin not in self._origin:
            origin = origin[:-1]
        return self._origin[origin].where(path)

    def _merge(self, base: dict[str, Any], new: dict[str, Any], path: Keys, file: YamlFile) -> None:
        self._origin[path] = file
        for key, value in new.items():
            here = (*path, key)
            replaces = here[1:] == ("live",) or (len(here) == 3 and here[1] == "fields")
            if isinstance(value, dict) and isinstance(base.get(key), dict) and not replaces:
                self._merge(base[key], value, here, file)
                continue
            self._origin = {k: v for k, v in self._origin.items() if k[: len(here)] != here}
            base[key] = {} if isinstance(value, dict) else value
            self._origin[here] = file
            if isinstance(value, dict):
                self._merge(base[key], value, here, file)


def find(name_or_path: str, folder: Path | None) -> Path:
    """Return the shipped mapping of that name, or the file at that path.

    :raises ConfigInvalid: there is neither
    """
    shipped = Path(str(resources.files("connector.mapping"))) / f"{name_or_path}.yaml"
    if "/" not in name_or_path and shipped.is_file():
        return shipped
    path = (folder or Path()) / Path(name_or_path).expanduser()
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in shipped.parent.glob("*.yaml")))
        raise ConfigInvalid([f"no mapping '{name_or_path}': neither a file nor one of: {names}"])
    return path
