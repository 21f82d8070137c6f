"""The till's API key in its file: written whole or not at all, and read again when it changed."""

import contextlib
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from connector.erp import ErpSettings


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Put *text* into *path* so that a crash leaves the old file or the new one.

    A service that owns the folder can read what an administrator wrote there.

    :raises OSError: the old file is untouched
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _hand_over(Path(name), path.parent, mode)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _keep_folder(path.parent)


def check_writable(path: Path) -> None:
    """Make sure that :func:`write_private` will work there.

    :raises OSError: it will not, and why
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(number)
    Path(name).unlink()


class Access:
    """The way into the ERP; shared by all threads, because the key may change while they work.

    :param key_file: where the key lies, if it lies in a file
    """

    def __init__(self, settings: ErpSettings, key_file: Path | None = None) -> None:
        self.settings = settings
        self._key_file = key_file

    def can_renew(self) -> bool:
        """Tell whether a new key could be kept."""
        if self._key_file is None:
            return False
        try:
            check_writable(self._key_file)
        except OSError:
            return False
        return True

    def renew(self, key: str) -> None:
        """Keep the new key, and use it only then.

        :raises OSError: it could not be kept; the old one goes on working
        """
        if self._key_file is None:
            raise FileNotFoundError("the key does not come from a file")
        write_private(self._key_file, key + "\n")
        self.settings = replace(self.settings, secret=key)

    def reload(self) -> None:
        """Take the key that lies in the file now: somebody may have paired this till anew."""
        if self._key_file is None:
            return
        with contextlib.suppress(OSError, UnicodeDecodeError):
            key = self._key_file.read_text(encoding="utf-8").strip()
            if key and key != self.settings.secret:
                self.settings = replace(self.settings, secret=key)


def _hand_over(path: Path, folder: Path, mode: int) -> None:
    if os.name != "posix":
        return
    path.chmod(mode)
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.chown(path, owner.st_uid, owner.st_gid)


def _keep_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
