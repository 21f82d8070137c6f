import base64
import csv
import io

from odoo import models
from odoo.exceptions import UserError

from ..rules import takeover

# In this order they stand in the template. Which ones a line needs depends on its program.
COLUMNS = (
    "record_no",
    "customer_no",
    "email",
    "name",
    "zip",
    "card_number",
    "card_type",
    "uid",
    "program",
    "side",
    "valid_from",
    "valid_until",
    "position",
    "article",
    "granted",
    "used",
    "remaining",
    "balance",
    "paid",
    "bonus",
    "voucher_no",
)
# A column whose title begins so is for people; the report of refused lines uses it.
REMARK = "#"


class CustomerCardImport(models.Model):
    """The file: its columns, what cannot be read in it, the template and the report."""

    _inherit = "customer.card.import"

    def _titles(self):
        """Return the title of each column in the user's language."""
        return {
            "record_no": self.env._("Record no."),
            "customer_no": self.env._("Customer no."),
            "email": self.env._("E-mail"),
            "name": self.env._("Name"),
            "zip": self.env._("ZIP"),
            "card_number": self.env._("Card no."),
            "card_type": self.env._("Card type"),
            "uid": self.env._("Chip no. (UID)"),
            "program": self.env._("Program"),
            "side": self.env._("Side"),
            "valid_from": self.env._("Valid from"),
            "valid_until": self.env._("Valid until"),
            "position": self.env._("Program line"),
            "article": self.env._("Article"),
            "granted": self.env._("Granted"),
            "used": self.env._("Used"),
            "remaining": self.env._("Remaining"),
            "balance": self.env._("Balance"),
            "paid": self.env._("Of which paid"),
            "bonus": self.env._("Of which bonus"),
            "voucher_no": self.env._("Voucher no."),
        }

    def _in_languages(self):
        """Yield this record in every installed language: files come in the shop's language."""
        for code, _name in self.env["res.lang"].get_installed():
            yield self.with_context(lang=code)
        yield self.with_context(lang="en_US")

    def _known_titles(self):
        known = {column.replace("_", ""): column for column in COLUMNS}
        for translated in self._in_languages():
            for column, title in translated._titles().items():
                known[self._bare(title)] = column
        return known

    def _side_words(self):
        """Return how a side may be written: the whole word, or its first letter."""
        words = {}
        for translated in self._in_languages():
            for side, word in (
                ("left", translated.env._("Left")),
                ("right", translated.env._("Right")),
            ):
                words[word.casefold()] = words[word.casefold()[0]] = side
        return words

    def _bare(self, title):
        return "".join(sign for sign in title.casefold() if sign.isalnum())

    def _rows(self):
        self.ensure_one()
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        return takeover.rows(takeover.decoded(data))

    def _header(self, rows):
        """Return the column of each cell of the first line; remarks are None.

        :raises UserError: a title is unknown or stands twice, or no line could say anything
        """
        _line, titles = next(rows, (0, []))
        known, columns = self._known_titles(), []
        for number, title in enumerate(titles, 1):
            remark = not title or title.startswith(REMARK)
            column = None if remark else known.get(self._bare(title))
            if not remark and not column:
                raise UserError(
                    self.env._(
                        "Line 1, column %(number)s: “%(title)s” is not a column of a take-over."
                        " Use the titles of the template, delete the column, or put # before its"
                        " title to pass it over.",
                        number=number,
                        title=title,
                    )
                )
            if column and column in columns:
                raise UserError(
                    self.env._("Line 1: the column “%s” stands twice. Delete one.", title)
                )
            columns.append(column)
        if not {"program", "card_number"} & set(columns):
            raise UserError(
                self.env._(
                    "Line 1 names neither “%(program)s” nor “%(card)s”: nothing could be taken"
                    " over. Download the template and use its first line.",
                    program=self._titles()["program"],
                    card=self._titles()["card_number"],
                )
            )
        return columns

    def _read_table(self):
        """Yield ``(line, cells, {column: text})`` of every row below the titles.

        A row of another length than the titles has no columns: it will be refused.

        :raises UserError: the file as a whole cannot be read
        """
        try:
            rows = self._rows()
            columns = self._header(rows)
            for line, cells in rows:
                fits = len(cells) == len(columns) or not any(cells[len(columns) :])
                named = zip(columns, cells, strict=False) if fits else ()
                yield line, cells, {column: text for column, text in named if column}
        except takeover.Refused as error:
            raise UserError(self._file_sentence(error)) from error

    def _file_sentence(self, error):
        return {
            "excel": self.env._(
                "This is an Excel file. In Excel choose Save as, type “CSV UTF-8”, and take that"
                " file."
            ),
            "empty": self.env._("The file is empty. Nothing was read."),
            "encoding": self.env._("The file is no text. Save it as CSV in UTF-8 or Windows-1252."),
            "quotes": self.env._(
                "Line %s: a quotation mark is opened and never closed, or stands inside a value."
                " Nothing was read. Delete it or double it.",
                error.line,
            ),
        }[error.code]

    # --- what can be downloaded -------------------------------------------------------

    def _csv(self, lines):
        """Return *lines* as spreadsheets of this country open them: semicolons, UTF-8 with mark."""
        text = io.StringIO()
        safe = ([takeover.harmless(cell) for cell in line] for line in lines)
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(safe)
        return text.getvalue().encode("utf-8-sig")

    def _template(self):
        return self._csv([list(self._titles().values())])

    def _refused_csv(self):
        """Return the refused lines as they came, with the reason in columns passed over later."""
        titles = next(self._rows(), (0, []))[1]
        kept = [number for number, title in enumerate(titles) if not title.startswith(REMARK)]
        remarks = [self.env._("#Line"), self.env._("#Column"), self.env._("#Reason")]
        lines = [[titles[number] for number in kept] + remarks]
        for refusal in self.refusal_ids:
            cells = [*refusal.cells, *[""] * len(titles)]
            lines.append(
                [cells[number] for number in kept]
                + [refusal.line, refusal.column or "", refusal.reason]
            )
        return self._csv(lines)

    def action_download_report(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_card/take_over/{self.id}/refused.csv",
            "target": "download",
        }
