import json
from contextlib import closing

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_sync import SyncCase

REPAIR = "odoo.addons.customer_card.models.customer_card_sync_repair"


@tagged("post_install", "-at_install")
class TestSyncRepair(SyncCase):
    """Points that do not match the lines of their document, and how that is prevented."""

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    @mute_logger(REPAIR)
    def test_points_that_do_not_match_their_lines_are_put_right_and_told(self):
        """As the long kill loop left it: the line says 60.00, the points are of 40.00."""
        self._introduce()
        self._keep(self._row(1), self._row(2, document=6, gross=20.0, product=4))
        self._sql(
            "UPDATE customer_card_sync_line SET data = jsonb_set(data, '{gross}', '60.0')"
            " WHERE key = 'account.move.line:1'"
        )
        self.assertEqual(self.account.points, 400)
        self.assertEqual(self.remote.note("nord", compared=True), 1)
        self.assertEqual((self.account.points, self.source.repaired), (500, 1))
        self.assertEqual(self.remote.note("nord", compared=True), 0)
        self.assertEqual((self.account.points, self.source.repaired), (500, 0))

    @mute_logger(REPAIR)
    def test_a_document_that_nobody_settled_is_found(self):
        """Its customer became known at the moment it came."""
        self._introduce()
        link = self.env["customer.card.sync.link"].search([("foreign_id", "=", 77)])
        self._sql("UPDATE customer_card_sync_link SET partner_id = NULL WHERE id = %s", link.id)
        self._keep(self._row(1))
        self._sql(
            "UPDATE customer_card_sync_link SET partner_id = %s WHERE id = %s",
            self.berg.id,
            link.id,
        )
        self.assertEqual(self.account.points, 0)
        self.assertEqual(self.remote.note("nord", compared=True), 1)
        self.assertEqual(self.account.points, 200)

    def test_a_new_rate_is_for_new_documents(self):
        """The comparison leaves alone what was right on the day it was booked."""
        self._introduce()
        self._keep(self._row(1))
        self.program.earn_service_percent = 50
        self.assertEqual(self.remote.note("nord", compared=True), 0)
        self.assertEqual(self.account.points, 200)

    @mute_logger("odoo.sql_db")
    def test_who_learns_and_who_brings_documents_at_once_follow_each_other(self):
        """Else 188 receipts were settled as they were before, by whom could not see the change."""
        with closing(self.registry.cursor()) as one, closing(self.registry.cursor()) as two:
            env = api.Environment(one, SUPERUSER_ID, {})
            source = env["customer.card.sync.source"].create({"name": "at once"})
            partner = env["res.partner"].create({"name": "At once", "ref": "K-at-once"})
            source.open_source("at once", ["customer", "invoice_line"], worker="at once")
            one.commit()
            self.addCleanup(self._forget, source.id, partner.id)
            other = api.Environment(two, SUPERUSER_ID, {})["customer.card.sync.source"]
            theirs = other.browse(source.id).stream_ids  # the second one's snapshot begins here
            theirs.mapped("name")
            person = {"key": "res.partner:77", "reference": "K-at-once", "name": "At once"}
            page = {"rows": json.dumps([self._entity(77, person)]), "rejects": []}
            source.keep_page("at once", "customer", page)
            one.commit()
            lines = theirs.filtered(lambda stream: stream.name == "invoice_line")
            with self.assertRaises(SerializationFailure):
                lines._keep({"rows": json.dumps([self._row(1)]), "rejects": []}, "")
            two.rollback()
            # The other way round: the page was kept first, whoever learns then has to see it.
            lines._keep({"rows": json.dumps([self._row(2)]), "rejects": []}, "")
            env["customer.card.sync.stream"].search_count([])
            two.commit()
            with self.assertRaises(SerializationFailure):
                source.link_ids.write({"partner_id": partner.id})

    def _forget(self, source_id, partner_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["customer.card.worker"].search([("name", "=", "at once")]).unlink()
            env["customer.card.sync.source"].browse(source_id).unlink()
            env["res.partner"].browse(partner_id).unlink()
