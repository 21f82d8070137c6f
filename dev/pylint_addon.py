"""What the addon promises about itself, as a plugin of pylint (see docs/architecture.md)."""

import ast
import os
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from astroid import nodes
from pylint.checkers import BaseChecker
from pylint.lint import PyLinter

from dev.odoo_home import UNPACKED

PREFIX = "odoo.addons."
# What a module may take from another one of ours.
OPEN = {"exceptions", "lib", "rules"}
# Odoo's engines that we change, and what everybody overrides.
ENGINES = ("loyalty", "sale_loyalty", "pos_loyalty", "sale", "point_of_sale", "pos_sale")
ORM = {"create", "write", "unlink", "init", "default_get", "copy_data", "_compute_display_name"}
ORM |= {"_load_pos_data_fields", "_load_pos_data_models", "_load_pos_data_domain"}
PACKAGES = Path("usr/lib/python3/dist-packages")
HOMES = (os.environ.get("ODOO_HOME"), UNPACKED / "root" / PACKAGES, "/" / PACKAGES)


class AddonChecker(BaseChecker):
    """Each method once, kinds in one table, borders between modules."""

    name = "addon"
    msgs = {
        "E9951": (
            "%s.%s stands in %s too: one of the two steps calls the other",
            "method-twice",
            "In one module a method of a model is defined once; super() calls another module.",
        ),
        "E9952": (
            "These kinds have something in common: say it in rules/kinds.py",
            "kinds-elsewhere",
            "What kinds of programs are is said in one table.",
        ),
        "E9954": (
            "%s.%s is Odoo's: it belongs into a file named *_native.py",
            "native-elsewhere",
            "What is overridden of Odoo's engines stands where the next Odoo is looked at first.",
        ),
        "E9953": (
            "%s is not open to %s",
            "module-border",
            "A module takes from those it depends on what their exceptions, lib and rules offer.",
        ),
    }
    options = (
        (
            "unmerged-modules",
            {"type": "csv", "default": (), "help": "Modules that are not there yet."},
        ),
        ("kinds", {"type": "csv", "default": (), "help": "The names of the kinds."}),
    )

    def visit_module(self, node: nodes.Module) -> None:
        """Look at a whole module of Odoo when its own file comes by."""
        home = Path(node.file).parent
        if not node.file.endswith("__init__.py") or not (home / "__manifest__.py").exists():
            return
        if home.name in self.linter.config.unmerged_modules:
            return
        for (model, method), files in _methods(home).items():
            if len(files) > 1:
                args = (model, method, " and in ".join(sorted(files)))
                self.add_message("method-twice", node=node, args=args)
            is_there = files[0].endswith("_native.py")
            if (model, method) in _native() and method not in ORM and not is_there:
                self.add_message("native-elsewhere", node=node, args=(model, method))

    def visit_tuple(self, node: nodes.Tuple | nodes.List | nodes.Set) -> None:
        """Find kinds that are listed together."""
        path = Path(node.root().file)
        if path.name == "kinds.py" or {"tests", "migrations"} & set(path.parts):
            return
        names = [one.value for one in node.elts if isinstance(one, nodes.Const)]
        if len(names) > 1 and set(names) <= set(self.linter.config.kinds):
            self.add_message("kinds-elsewhere", node=node)

    visit_list = visit_tuple
    visit_set = visit_tuple

    def visit_importfrom(self, node: nodes.ImportFrom) -> None:
        """Ask whether what is taken from another module is open."""
        path = Path(node.root().file)
        home = next((up for up in path.parents if (up / "__manifest__.py").exists()), None)
        other, _, inner = (node.modname or "").removeprefix(PREFIX).partition(".")
        if not home or not node.modname.startswith(PREFIX) or other == home.name:
            return
        if not (home.parent / other / "__manifest__.py").exists() or "migrations" in path.parts:
            return
        room = inner.partition(".")[0] or node.names[0][0]
        is_open = room in OPEN or (room == "tests" and "tests" in path.parts)
        if "tests" in path.parts or (is_open and other in _depends(home)):
            return
        self.add_message("module-border", node=node, args=(node.modname, home.name))


@cache
def _native() -> set[tuple[str, str]]:
    """Return the methods of Odoo's engines, by model; nothing where there is no Odoo."""
    addons = (Path(home) / "odoo" / "addons" for home in HOMES if home)
    found = next((one for one in addons if one.is_dir()), None)
    return {key for name in ENGINES for key in _methods(found / name)} if found else set()


def _methods(home: Path) -> dict[tuple[str, str], list[str]]:
    """Return the files of a module in which each method of each model is defined."""
    found = defaultdict(list)
    for path in sorted(home.rglob("*.py")):
        if {"tests", "migrations", "rules"} & set(path.relative_to(home).parts):
            continue
        for cls in ast.parse(path.read_text()).body:
            if isinstance(cls, ast.ClassDef) and (model := _model(cls)):
                for method in cls.body:
                    if isinstance(method, ast.FunctionDef):
                        found[model, method.name].append(str(path.relative_to(home)))
    return found


def _model(cls: ast.ClassDef) -> str:
    """Return the name of the model that a class defines or extends, else nothing."""
    said = {}
    for line in cls.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            values = line.value.elts if isinstance(line.value, ast.List) else [line.value]
            names = [one.value for one in values if isinstance(one, ast.Constant)]
            said[line.targets[0].id] = str(names[0]) if names else ""
    return said.get("_name") or said.get("_inherit") or ""


def _depends(home: Path) -> set[str]:
    """Return the modules of ours that a module depends on, those of others too."""
    return set(_closure(home)) - {home.name}


def _closure(home: Path) -> Iterator[str]:
    yield home.name
    manifest = ast.literal_eval((home / "__manifest__.py").read_text())
    for name in manifest["depends"]:
        if (home.parent / name / "__manifest__.py").exists():
            yield from _closure(home.parent / name)


def register(linter: PyLinter) -> None:
    """Tell pylint about the checker."""
    if not any(isinstance(one, AddonChecker) for one in linter.get_checkers()):
        linter.register_checker(AddonChecker(linter))
