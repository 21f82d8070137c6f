"""Provides the real parts: Odoo, PostgreSQL, Redis, pcscd, Chromium, for demo, tests and CI.

Standard library only, since it runs before anything is installed: ``python3 -m dev help``.
"""

import os
from pathlib import Path

# What is started from here is compiled once, ours and Odoo's (ten seconds of each start), also
# where the environment forbids it; and nothing is left beside the sources.
os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).resolve().parent.parent / ".dev/bytecode")
os.environ["PYTHONDONTWRITEBYTECODE"] = ""
