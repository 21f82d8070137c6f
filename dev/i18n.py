"""Brings each module's ``i18n/de.po`` up to date with the texts of code, views and data.

There are no ``.pot`` files: Odoo drops every translation that the template beside it does not
know, so an outdated one takes the German off the screens.
"""

import json

from dev import odoo, stack, templates
from dev.paths import ADDONS
from dev.say import say

# Runs where Odoo and polib are. German words that moved with their screen are found in any module.
SCRIPT = """
import io, json, pathlib, polib
from odoo.tools.translate import trans_export
known, files = {}, {}
for module in MODULES:
    path = pathlib.Path(ADDONS, module, "i18n", "de.po")
    if path.exists():
        files[module] = polib.pofile(str(path))
        for entry in files[module]:
            if entry.msgstr:
                known.setdefault(entry.msgid, entry.msgstr)
untranslated = {}
for module in MODULES:
    buffer = io.BytesIO()
    if not trans_export(False, [module], buffer, "po", env):
        continue
    new = polib.pofile(buffer.getvalue().decode())
    old = files.get(module) or polib.POFile()
    own = {entry.msgid: entry.msgstr for entry in old if entry.msgstr}
    made = polib.POFile(wrapwidth=78)
    made.header = "Translation of Odoo Server.\\n" + (
        "This file contains the translation of the following modules:\\n\\t* %s\\n" % module
    )
    made.metadata = old.metadata or next(iter(files.values())).metadata
    for entry in new:
        entry.msgstr = own.get(entry.msgid) or known.get(entry.msgid, "")
        if entry.msgstr:
            made.append(entry)
        else:
            untranslated.setdefault(module, []).append(entry.msgid)
    path = pathlib.Path(ADDONS, module, "i18n", "de.po")
    path.parent.mkdir(exist_ok=True)
    made.save(str(path))
pathlib.Path(ADDONS, "untranslated.json").write_text(json.dumps(untranslated))
"""


def update() -> int:
    """Write all ``de.po`` files anew and name what has no German yet.

    What stays without may be a field's label of another module; the tests know which.
    """
    modules = templates.our_modules()
    with stack.test_stack() as parts:
        parts.start(parts.postgres)
        database = templates.ours(parts.postgres)
        script = SCRIPT.replace("MODULES", repr(modules)).replace("ADDONS", repr(str(ADDONS)))
        odoo.shell("Reading the texts", parts.postgres, database, script)
    left = ADDONS / "untranslated.json"
    for module, texts in json.loads(left.read_text()).items():
        for text in texts:
            say(f"  {module}: {text!r} has no German")
    left.unlink()
    return 0
