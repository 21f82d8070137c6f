from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.exact import shown
from ...lib.quick_repeat import repeated, take_turn
from ...lib.row_id import row_id

# A seller chooses an article meanwhile; whoever comes later takes the card in hand again.
ISSUE_TIME = timedelta(minutes=15)
KEY_LENGTH = 100  # of what a screen calls its click


class CustomerCardEvent(models.Model):
    """What the screen that claimed a card books, under its user."""

    _inherit = "customer.card.event"

    def _take_turns(self, counters):
        """Let one counter of each article and side issue directly; the others wait until it ends.

        Where the article is not clear, or which program pays for it, the seller says so.
        """
        turns, programs, articles = defaultdict(list), defaultdict(set), defaultdict(set)
        allowances = self.env["loyalty.card.allowance"]
        for counter in counters:
            allowance = allowances.browse(counter["allowance_id"])
            articles[allowance.card_id].update(one["id"] for one in counter["products"])
            if counter["direct"]:
                article = counter["products"][0]["id"], allowance.card_id.side
                turns[article].append((allowance, counter))
                programs[article].add(allowance.card_id.program_id)
        waiting = []
        for article, mine in turns.items():
            mine.sort(key=lambda turn: turn[0]._end())
            clear = len(programs[article]) == 1
            for allowance, counter in mine:
                counter["direct"] = clear and len(articles[allowance.card_id]) == 1
            waiting += [turn[1] for turn in mine[1:] if turn[1]["direct"] and mine[0][1]["direct"]]
        return [counter for counter in counters if counter not in waiting]

    def _issue_directly(self, counters):
        """Issue one piece of each direct counter; return what to say, or False: there is none."""
        told, refused = [], []
        for counter in (one for one in counters if one["direct"]):
            try:
                with self.env.cr.savepoint():
                    told.append(
                        self._book_once(
                            self._counter_of(counter["allowance_id"]),
                            counter["products"][0]["id"],
                            1,
                            f"direct:{counter['allowance_id']}",
                            **counter["choices"],
                        )
                    )
            except UserError as refusal:
                refused.append(str(refusal))
        if not told and not refused:
            return False
        if not told and all(one["direct"] for one in counters):
            self.write({"state": "refused", "message": " ".join(refused)})
        result = {
            "message": " ".join([*(one["message"] for one in told), *refused]),
            "remaining": told[0]["remaining"] if len(told) == 1 else False,
        }
        return {**result, "refused": True} if refused else result

    @api.model
    @repeated
    def issue(self, event_id, allowance_id, product_id, quantity, key, screen=None, **choices):
        """Issue what the seller confirmed and return ``{"message", "remaining"}``.

        Safe to repeat with the same *key*: it books once.

        :param screen: the secret of the screen that has claimed the card
        :param choices: for the card of a branch or an employee ``purpose``, and ``recipient_id`` of
            a gift; glue modules add more
        :raises UserError: the sentence to show; nothing was booked
        """
        event = self._claimed(event_id, screen)
        allowance = event._counter_of(allowance_id)
        take_turn(allowance.card_id)
        return event._book_once(allowance, product_id, quantity, str(key)[:KEY_LENGTH], **choices)

    def _book_once(self, allowance, product_id, quantity, key, **choices):
        """Book one issue from each counter for one presented card: the next one needs the card."""
        booked = dict(self.issued or {})
        if booked.get(str(allowance.id)) != key:
            self._check_open()
        if booked.setdefault(str(allowance.id), key) != key:
            raise UserError(
                self.env._("This was issued already. Insert the card again for another issue.")
            )
        self.issued = booked
        key = f"event:{self.id}:{key}"
        return self._book(allowance, product_id, quantity, key, **choices)

    def _check_open(self):
        """Refuse an issue with a card that was put away meanwhile."""
        late = self.claimed_at < fields.Datetime.now() - ISSUE_TIME
        if late or self.closed or self.action != "issue" or self.state not in ("claimed", "done"):
            raise UserError(
                self.env._("The card is not in use any more. Insert it again for another issue.")
            )

    @api.model
    def search_products(self, event_id, allowance_id, query, screen=None):
        """Return the first articles of the allowance that match *query*, as in ``claim``."""
        event = self._claimed(event_id, screen)
        event._check_open()
        allowance = event._counter_of(allowance_id)
        event._check_opens(allowance)
        return event._allowed_products(allowance, query)

    @api.model
    def done(self, event_id, message, screen=None):
        """Close the event: the screen showed it, or the seller cancelled the dialog."""
        event = self._claimed(event_id, screen)
        if event.state == "claimed":
            event.write({"state": "done", "message": str(message or "")[:200]})
        event.closed = True
        return True

    def _claimed(self, event_id, screen):
        """Return the event that the calling screen has claimed.

        :raises UserError: it was another screen, or the till is locked meanwhile
        """
        self.env["customer.till"]._check_seller()
        here = self.env["customer.till.screen"]._must_be_here(screen)
        mine = [("claimed_by_id", "=", self.env.uid), ("screen_id", "=", here.id)]
        event = self.sudo().search_fetch([("id", "=", row_id(event_id)), *mine])
        if not event or event._is_locked_out():
            raise UserError(
                self.env._("This card event belongs to another screen. Insert the card again.")
            )
        return event

    @api.model
    def _counter_of(self, allowance_id):
        """Return the counter that a screen names, or an empty one."""
        allowances = self.env["loyalty.card.allowance"].sudo()
        return allowances.search_fetch([("id", "=", row_id(allowance_id))])

    def _check_opens(self, allowance):
        """Refuse a counter that this card does not open today."""
        today = self.env["loyalty.card"]._today(self.company_id)
        if not allowance or allowance.card_id not in self.customer_card_id._usable_enrolments(
            today
        ):
            raise UserError(
                self.env._("This program cannot be used with the card. Insert the card again.")
            )

    def _entry_values(self, choices):
        """Return the entry's fields that tell where, with whose card and what for."""
        values = {"till_id": self.till_id.id, "customer_card_id": self.customer_card_id.id}
        if purposes := dict(self._purposes()):
            if choices.get("purpose") not in purposes:
                raise UserError(
                    self.env._("Say what the goods are for: %s.", " / ".join(purposes.values()))
                )
            values["purpose"] = choices["purpose"]
            values["recipient_id"] = self._recipient(choices).id
        return values

    def _book(self, allowance, product_id, quantity, key, **choices):
        self.ensure_one()
        self._check_opens(allowance)
        products = self.env["product.product"].with_context(active_test=False)
        product = products.search_fetch([("id", "=", row_id(product_id))]).with_env(self.env)
        if not product:
            raise UserError(self.env._("This article does not exist any more. Choose another one."))
        entry = allowance.card_id._issue(
            allowance,
            product,
            quantity,
            key=key,
            visit=f"event:{self.id}:",
            **self._entry_values(choices),
        )
        if entry.unlimited:
            message = self.env._(
                "%(quantity)s × %(product)s issued.",
                quantity=shown(self.env, entry.quantity),
                product=product.display_name,
            )
        else:
            message = self.env._(
                "%(quantity)s × %(product)s issued, %(left)s left.",
                quantity=shown(self.env, entry.quantity),
                product=product.display_name,
                left=shown(self.env, entry.remaining),
            )
        told = self.message if self.state == "done" else ""
        if message not in (told or ""):
            self.write({"state": "done", "message": f"{told} {message}" if told else message})
        return {"message": message, "remaining": False if entry.unlimited else entry.remaining}
