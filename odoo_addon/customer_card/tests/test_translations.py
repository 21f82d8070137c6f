"""Every sentence of the installed card modules is there in German, with the same placeholders."""

import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import PoFileReader, TranslationModuleReader

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-zA-Z%]|<[^>]+>")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.modules = (
            cls.env["ir.module.module"]
            .search([("name", "=like", "customer_card%"), ("state", "=", "installed")])
            .mapped("name")
        )

    def _german(self, module):
        return polib.pofile(file_path(f"{module}/i18n/de.po"))

    def _foreign_field(self, name, record_name):
        """Tell whether the term is the label of a field from another module's mixin."""
        if not name.startswith("ir.model.fields,"):
            return False
        field = self.env.ref(record_name, raise_if_not_found=False)
        if not field or field._name != "ir.model.fields":
            return False
        defined_in = self.env[field.model]._fields[field.name]._modules
        return bool(defined_in) and not set(defined_in) & set(self.modules)

    def test_every_term_is_translated(self):
        german = {
            module: {
                entry.msgid: entry.msgstr for entry in self._german(module) if not entry.obsolete
            }
            for module in self.modules
        }
        missing = {
            (module, source)
            for module, _kind, name, record, source, *_rest in TranslationModuleReader(
                self.env.cr, self.modules
            )
            if not german[module].get(source) and not self._foreign_field(name, str(record))
        }
        self.assertFalse(missing, "Export the terms again and translate them in i18n/de.po")

    def test_odoo_finds_every_translation_where_it_looks(self):
        """A sentence whose place is missing or another one stays English on the screen."""
        terms = TranslationModuleReader(self.env.cr, self.modules)
        wanted = {
            place
            for _module, kind, name, record, source, _value, comments in terms
            if not self._foreign_field(name, str(record))
            for place in self._places(kind, name, str(record), source, comments)
        }
        found = {
            place
            for module in self.modules
            for row in PoFileReader(file_path(f"{module}/i18n/de.po"))
            if row["value"]
            for place in self._places(
                row["type"],
                row["name"],
                f"{row['module']}.{row.get('imd_name')}",
                row["src"],
                row["comments"].split(),
            )
        }
        self.assertFalse(wanted - found, "Run `make i18n`.")

    def _places(self, kind, name, record, source, comments):
        """Return where Odoo looks for a term: code by language of programming, else by record."""
        if kind == "code":
            return [(kind, one, source) for one in comments if one.startswith("odoo-")]
        return [(kind, name, record, source)]

    def test_placeholders_are_the_same(self):
        for module in self.modules:
            for entry in self._german(module):
                with self.subTest(module=module, term=entry.msgid):
                    self.assertEqual(
                        sorted(PLACEHOLDER.findall(entry.msgstr)),
                        sorted(PLACEHOLDER.findall(entry.msgid)),
                    )
