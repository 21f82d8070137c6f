"""Days are those of the shop: inclusive, in the time zone of the company."""

import pytz

from odoo import fields

DEFAULT_ZONE = "Europe/Berlin"


def _zone(company):
    return pytz.timezone(company.card_zone or DEFAULT_ZONE)


def shop_day(company, moment):
    """Return the date that it is at *company* at a *moment* in UTC, without a zone."""
    return moment.replace(tzinfo=pytz.utc).astimezone(_zone(company)).date()


def begin_of(company, day):
    """Return when *day* begins at *company*, in UTC, without a zone."""
    begins = _zone(company).localize(fields.Datetime.to_datetime(day))
    return begins.astimezone(pytz.utc).replace(tzinfo=None)
