from contextlib import contextmanager
from contextvars import ContextVar

from odoo import models
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.addons.customer_card.lib.shop_day import begin_of
from odoo.tools import SQL, format_date

from ..exceptions import TooManyPoints

# What receipts of a day have earned, by source and day, and what was booked today, by source,
# while some of them are settled.
_DAYS = ContextVar("days", default=None)


class CustomerCardSyncDocument(models.Model):
    """A foreign ERP is believed within bounds: what is beyond them waits for a person (F11)."""

    _inherit = "customer.card.sync.document"

    _by_day = models.Index("(source_id, date)")

    @contextmanager
    def _counting_days(self):
        """Ask once for what a day has brought so far, while many of its receipts are settled."""
        token = _DAYS.set({})
        try:
            yield
        finally:
            _DAYS.reset(token)

    def _check_limits(self, more):
        """Refuse *more* points of this receipt beyond its source's limits.

        :param more: Decimal, what has just been booked in this savepoint
        :raises TooManyPoints: the receipt waits as a whole
        """
        self.ensure_one()
        days = _DAYS.get() if _DAYS.get() is not None else {}
        source, key, today = self.source_id, (self.source_id.id, self.date), self.source_id.id
        if key not in days:
            days[key] = self._earned_on_day()
        if today not in days:
            days[today] = source._booked_today() - more
        earned, day, booked = exact(self.earned) + more, days[key] + more, days[today] + more
        if more > 0:
            for limit, points, what in (
                (source.max_points_document, earned, self.env._("This receipt")),
                (source.max_points_day, day, self.env._("The receipts of this day")),
                (source.max_points_booked, booked, self.env._("What is booked today")),
            ):
                if limit and points > limit:
                    raise TooManyPoints(
                        self.env._(
                            "%(what)s would bring %(points)s points, more than the %(limit)s that"
                            " are usual for this ERP: nothing was booked. Look at it, raise the"
                            " limit of the ERP, and try again.",
                            what=what,
                            points=shown(self.env, points),
                            limit=shown(self.env, limit),
                        )
                    )
        days[key], days[today] = day, booked

    def _earned_on_day(self):
        query = SQL(
            "SELECT COALESCE(sum(earned), 0) FROM customer_card_sync_document"
            " WHERE source_id = %s AND date IS NOT DISTINCT FROM %s",
            self.source_id.id,
            self.date or None,
        )
        self.env.flush_all()
        return exact(self.env.execute_query(query)[0][0])


class CustomerCardSyncSource(models.Model):
    _inherit = "customer.card.sync.source"

    def _booked_today(self):
        """Return what the receipts of this ERP have brought since midnight, by the server's clock.

        :return: Decimal, net of what was taken back
        """
        cards = self.env["loyalty.card"]
        midnight = begin_of(self.company_id, cards._today(self.company_id))
        query = SQL(
            """
            SELECT COALESCE(sum(entry.delta), 0)
              FROM loyalty_card_entry entry
              JOIN customer_card_sync_document document ON document.id = entry.origin_id
             WHERE entry.company_id = %s AND entry.date >= %s
               AND entry.origin_model = 'customer.card.sync.document'
               AND document.source_id = %s
            """,
            self.company_id.id,
            midnight,
            self.id,
        )
        self.env.flush_all()
        return exact(self.env.execute_query(query)[0][0])

    def _tell_unusual(self, document, reason):
        """Open one activity a day for the manager: what waits, and why."""
        today = self.env["loyalty.card"]._today(self.company_id)
        summary = self.env._("Unusual receipts on %s", format_date(self.env, today))
        self._tell_once(summary, f"{document}: {reason}")

    def _tell_once(self, summary, note):
        """Open an activity for the manager, if none of this summary is open."""
        if self.activity_ids.filtered(lambda one: one.summary == summary):
            return
        manager = self.env["loyalty.card"].with_company(self.company_id)._responsible_manager()
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=manager.id,
            date_deadline=self.env["loyalty.card"]._today(self.company_id),
        )
