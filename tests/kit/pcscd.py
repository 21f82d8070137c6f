"""A pcscd of our own with virtual readers, in a mount namespace: the machine's is left alone."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")


def free_ports() -> int:
    """Return a port that is free together with the next one: vpcd has two slots."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


class PrivatePcscd:
    """One pcscd; ``socket`` is what clients find in ``PCSCLITE_CSOCK_NAME``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_ports()
        self.run = folder / "run"
        self.socket = self.run / "pcscd.comm"
        self._config = folder / "reader.conf.d"
        self._process: subprocess.Popen[bytes] | None = None
        self.run.mkdir(parents=True)
        self._config.mkdir()
        (self._config / "vpcd").write_text(
            'FRIENDLYNAME "Virtual PCD"\n'
            f"DEVICENAME /dev/null:0x{self.port:X}\n"
            f"LIBPATH {self._driver()}\n"
            f"CHANNELID 0x{self.port:X}\n",
            encoding="ascii",
        )

    @staticmethod
    def _driver() -> Path:
        found = sorted(DRIVER.parent.glob("libifdvpcd.so*"))
        return DRIVER if DRIVER.exists() else found[0]

    def start(self) -> None:
        """Start, and wait until the readers listen."""
        script = 'mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind "$0" /run/pcscd && '
        pcscd = shutil.which("pcscd", path="/usr/sbin:/usr/bin:/sbin") or "pcscd"
        command = ["unshare", "-m", "sh", "-c", script + f'exec {pcscd} -f -c "$1"']
        if os.geteuid() != 0:
            command[1:2] = ["-rm"]
        for leftover in self.run.iterdir():
            leftover.unlink()
        with (self.folder / "pcscd.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [*command, str(self.run), str(self._config)], stdout=log, stderr=log
            )
        self._await_slots()

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, the hard way unless told otherwise."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
        if self._process is not None:
            self._process.wait(10)
            self._process = None

    def _await_slots(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            listening = f":{self.port:04X} 00000000:0000 0A" in Path("/proc/net/tcp").read_text()
            if self.socket.exists() and listening:
                return
            if self._process is None or self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"no private pcscd: {(self.folder / 'pcscd.log').read_text()}")
