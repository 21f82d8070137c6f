import json
from contextlib import closing
from unittest.mock import patch

from psycopg2 import OperationalError
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.addons.customer_card_sync.models import (
    customer_card_sync_document,
    customer_card_sync_repair,
)
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_sync import SyncCase

REPAIR = "odoo.addons.customer_card_sync.models.customer_card_sync_repair"


@tagged("post_install", "-at_install")
class TestSyncRepair(SyncCase):
    """Points that do not match the lines of their document, and how that is prevented."""

    def _compare(self):
        """Look at the points of all documents, as the worker does; return how many were wrong."""
        last, repaired, done = 0, 0, False
        while not done:
            step = self.remote.check_points("nord", after=last)
            last, repaired, done = step["last"], repaired + step["repaired"], not step["last"]
        self.remote.note("nord", compared=True, repaired=repaired)
        return repaired

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
        self.assertEqual(self._compare(), 1)
        self.assertEqual((self.account.points, self.source.repaired), (500, 1))
        self.assertEqual(self._compare(), 0)
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
        self.assertEqual(self._compare(), 1)
        self.assertEqual(self.account.points, 200)

    @mute_logger(REPAIR)
    def test_half_a_receipt_that_kept_its_points_before_is_found(self):
        """A row rejected after the other was settled, as versions before this one left it."""
        self._introduce()
        self._keep(self._row(1))
        bad = {"key": "account.move.line:2", "document": "account.move:5", "reasons": "date"}
        stream = self.source.stream_ids.filtered(lambda one: one.name == "invoice_line")
        self.env["customer.card.sync.reject"].create({**bad, "stream_id": stream.id})
        self.assertEqual(self.account.points, 200)
        self.assertEqual(self._compare(), 1)
        self.assertEqual(self.account.points, 0)
        self.assertEqual(self._compare(), 0)

    @mute_logger(REPAIR)
    def test_the_points_of_many_documents_are_looked_at_in_parts(self):
        self._introduce()
        for number in range(1, 6):
            self._keep(self._row(number, document=number))
        self._sql("UPDATE customer_card_sync_line SET data = jsonb_set(data, '{gross}', '60.0')")
        with patch.object(customer_card_sync_repair, "BATCH", 2):
            self.assertEqual(self._compare(), 5)
        self.assertEqual(self.account.points, 1500)

    def test_a_new_rate_is_for_new_documents(self):
        """The comparison leaves alone what was right on the day it was booked."""
        self._introduce()
        self._keep(self._row(1))
        self.program.earn_service_percent = 50
        self.assertEqual(self._compare(), 0)
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

    def _due(self):
        return self.env["customer.card.sync.document"].search([("due", "=", True)])

    def test_what_becomes_known_about_one_article_is_settled_slice_by_slice(self):
        """Five receipts, no time: one for each call; killed or called once more, all is right."""
        self._introduce()
        link = self.env["customer.card.sync.link"].search([("reference", "=", "B10-9")])
        link.product_id = False
        self._keep(*[self._row(one, document=one, gross=20.0, product=4) for one in range(1, 6)])
        self.assertEqual(self.account.points, 0)
        with patch.object(customer_card_sync_document, "SLICE_S", -1):
            link.product_id = self.battery
            self.assertEqual((self.account.points, self.source.due_count), (200, 4))
            opened = self.remote.open_source("nord", ["invoice_line"])
            self.assertEqual(opened["due"], 4)
            cards = self.env.registry["loyalty.card"]
            killed = patch.object(cards, "_settle_document", self._killed)
            with killed, self.assertRaises(OperationalError), self.env.cr.savepoint():
                self.remote.settle_due("nord")
            self.assertEqual((self.account.points, len(self._due())), (200, 4))
            self.assertEqual(self._compare(), 0, "what is due is not wrong")
            self.assertEqual(self.remote.settle_due("nord"), 3)
            changed = self._due()[0]
            number = int(changed.key.partition(":")[2])
            self._keep(self._row(number, document=number, gross=40.0, product=4))
            self.assertNotIn(changed, self._due(), "it was settled with what changed")
            self.assertEqual([self.remote.settle_due("nord") for _ in range(3)], [1, 0, 0])
        self.assertEqual((self.account.points, self.source.due_count), (1200, 0))
        self.assertEqual(len(self.account.entry_ids), 5)

    def _killed(self, *_args, **_options):
        raise OperationalError("server closed the connection unexpectedly")

    def test_a_page_of_many_receipts_leaves_what_it_has_no_time_for(self):
        self._introduce()
        with patch.object(customer_card_sync_document, "SLICE_S", -1):
            kept = self._keep(*[self._row(one, document=one) for one in range(1, 4)])
        self.assertEqual((kept["new"], kept["settled"], len(self._due())), (3, 1, 2))
        self.assertEqual(self.remote.settle_due("nord"), 0)
        self.assertEqual(self.account.points, 600)

    def test_half_a_receipt_that_is_due_waits_with_the_others(self):
        self._introduce()
        with patch.object(customer_card_sync_document, "SLICE_S", -1):
            self._keep(*[self._row(one, document=one) for one in range(1, 4)])
        second = self._due()[0]
        bad = {"key": "account.move.line:9", "id": 9, "document": second.key}
        self._keep(documents=[], rejects=[{**bad, "raw": {}, "reasons": {"date": ["None."]}}])
        self.assertEqual(self.remote.settle_due("nord"), 0)
        self.assertEqual(self.account.points, 400)

    @mute_logger("odoo.sql_db")
    def test_a_slice_and_who_brings_documents_at_once_follow_each_other(self):
        """A slice that began before the page was kept must not settle what was before."""
        with closing(self.registry.cursor()) as one, closing(self.registry.cursor()) as two:
            env = api.Environment(one, SUPERUSER_ID, {})
            source = env["customer.card.sync.source"].create({"name": "at once"})
            partner = env["res.partner"].create({"name": "At once", "ref": "K-at-once"})
            source.open_source("at once", ["customer", "invoice_line"], worker="at once")
            page = {"rows": json.dumps([self._row(1)]), "rejects": []}
            source.keep_page("at once", "invoice_line", page)
            documents = env["customer.card.sync.document"].search([("source_id", "=", source.id)])
            documents._note_due(documents.ids)
            one.commit()
            self.addCleanup(self._forget, source.id, partner.id)
            slice_of = api.Environment(two, SUPERUSER_ID, {})["customer.card.sync.document"]
            self.assertTrue(slice_of.search([("source_id", "=", source.id)]).due)
            page = {"rows": json.dumps([self._row(1, gross=60.0)]), "rejects": []}
            source.keep_page("at once", "invoice_line", page)
            one.commit()
            with self.assertRaises(SerializationFailure):
                slice_of._settle_due(source.with_env(slice_of.env))

    def _forget(self, source_id, partner_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["customer.card.worker"].search([("name", "=", "at once")]).unlink()
            env["customer.card.sync.source"].browse(source_id).unlink()
            env["res.partner"].browse(partner_id).unlink()
