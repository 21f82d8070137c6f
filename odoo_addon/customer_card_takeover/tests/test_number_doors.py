from odoo.tests import tagged

from .test_takeover import TakeOverCase


@tagged("post_install", "-at_install")
class TestTakeOverDoors(TakeOverCase):
    def _refused(self, column, value, of="Points", **cells):
        line = {"E-mail": "hans@example.com", "Program": of, column: value, **cells}
        taken = self._import(self._file(line))
        taken.action_check()
        return self._reasons(taken)

    def test_figures_that_are_refused(self):
        """Low: 10^20 and Arabic digits were taken over, and floats broke law 1."""
        for value in ("1" + "0" * 20, "1000000000", "١٢٣", "１２", "NaN", "1e3", "=1+1"):
            with self.subTest(value=value):
                reasons = self._refused("Balance", value)
                self.assertEqual([row[:2] for row in reasons], [(2, "Balance")])
        self.assertEqual(self._refused("Balance", "999999999,99"), [])

    def test_two_figures_too_big_together(self):
        """Sibling: paid and bonus, granted as the sum of used and left."""
        big = "999999999"
        reasons = self._refused("Of which paid", big, "Credit", **{"Of which bonus": big})
        self.assertIn("too big", reasons[0][2])
        reasons = self._refused("Used", big, "Batteries", Remaining=big)
        self.assertIn("too big", reasons[0][2])

    def test_pieces_that_no_counter_holds(self):
        """Sibling of 0.004: the take-over took three decimals where units have two."""
        reasons = self._refused("Remaining", "0,004", "Batteries")
        self.assertIn("too many decimals", reasons[0][2])

    def test_the_report_is_no_program(self):
        """Low: ``refused.csv`` kept formulas; corrected and taken again, it says the same."""
        formula = '=HYPERLINK("http://evil.example";"x")'
        line = {"E-mail": "nobody@example.com", "Program": "Points", "Name": formula}
        taken = self._import(
            self._file({key: f'"{v.replace(chr(34), chr(34) * 2)}"' for key, v in line.items()})
        )
        taken.action_check()
        report = taken._refused_csv().decode("utf-8-sig")
        self.assertIn("'=HYPERLINK", report)
        self.assertNotRegex(report, r"(^|[;\"])=")
        again = self._import(taken._refused_csv())
        again.action_check()
        self.assertIn(formula, again.refusal_ids.cells)
