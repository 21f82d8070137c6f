from odoo import fields, models
from odoo.addons.customer_card.rules import presented


class CustomerCardEvent(models.Model):
    """What a claimed badge is good for: the rules, the PIN, and the row in the login log."""

    _inherit = "customer.card.event"

    def _badge_rules(self, place):
        """Return ``(refusal, pin)``: the sentence why not, and whether the PIN is asked for.

        :param place: ``pos`` or ``web``
        """
        card, till = self.customer_card_id, self.till_id
        employee, company = card.employee_id, till.company_id
        if refusal := card._unusable_sentence():
            return refusal, False
        if self.medium_id.revoked_at or not employee.active or card.company_id != company:
            return self.env._("This badge is not valid any more. Ask your manager."), False
        if self.removed:
            return self.env._("The badge is not in the reader any more. Insert it again."), False
        pin = self.medium_id.tier == "0" or not self.medium_id
        if pin and not company.badge_uid_allowed:
            return (
                self.env._(
                    "This badge is known by its serial number only, which anybody can copy."
                    " Have a badge written, or allow it in Settings > Customer Cards."
                ),
                False,
            )
        if place == "web":
            refusal, web_pin = self._web_rules(employee)
            if refusal:
                return refusal, False
            pin = pin or web_pin
        if pin and not employee.badge_pin:
            return self.env._("Set a PIN for this badge first: %s.", employee.name), False
        return "", pin

    def _web_rules(self, employee):
        """Return the same for Odoo itself: who has a user, and who may use a badge for it."""
        company, user = self.till_id.company_id, employee.user_id
        allowed = user.active and user._is_internal() and company in user.company_ids
        administrator = user._is_badge_administrator()
        if not allowed or company.badge_web_login == "no":
            return self.env._("This badge does not log in to Odoo. Use your password."), False
        if administrator and company.badge_web_login != "all":
            return self.env._("Administrators log in with their password."), False
        if employee.badge_user_unconfirmed:
            return self.env._("An administrator must confirm this employee's user first."), False
        return "", administrator or company.badge_web_pin

    def _use_badge(self, place, pin=None):
        """Use the badge up and return ``{"status", "message"}``, always of this shape.

        ``login``: it is used and logged; ``pin``: ask for it; ``again``: the PIN was wrong;
        ``refused``: final.
        """
        if not self:
            return self._badge_answer(
                "refused", self.env._("The badge was presented too long ago. Insert it again.")
            )
        answer, pin_needed = self._prove_badge(place, pin)
        if answer:
            return answer
        self.badge_used = True
        self._log_badge("login", "badge_pin" if pin_needed else "badge", place)
        self.till_id._after_login(place)
        return self._badge_answer("login", self.env._("%s is logged in.", self._holder()))

    def _prove_badge(self, place, pin=None, asked=False):
        """Return ``(answer, pin)``: why the badge does not count yet, or None; was it by PIN.

        :param asked: the screen asked what the badge is for, so it took longer
        """
        self.ensure_one()
        refusal, pin_needed = self._badge_rules(place)
        if not refusal and not pin_needed and not asked and self._is_late():
            refusal = self.env._("The badge was presented too long ago. Insert it again.")
        answer = None
        if refusal:
            answer = self._refuse_badge(place, "refused", refusal)
        elif pin_needed and not pin:
            answer = self._badge_answer("pin", self.env._("PIN of %s", self._holder()))
        elif pin_needed:
            answer = self._check_pin(place, str(pin))
        return answer, pin_needed

    def _open_badge(self, ticket):
        """Answer the login page that has just taken the badge: what to send with *ticket*."""
        if not self:
            return {**self._use_badge("web"), "ticket": ""}
        refusal, pin = self._badge_rules("web")
        if refusal:
            return {**self._refuse_badge("web", "refused", refusal), "ticket": ""}
        answer = self._use_badge("web") if pin else self._badge_answer("ready", "")
        return {**answer, "ticket": ticket}

    def _is_late(self):
        """A badge is used within seconds; only the typing of a PIN may take longer."""
        age = fields.Datetime.now() - self.presented_at
        return age.total_seconds() > presented.FRESH_S

    def _holder(self):
        return self.customer_card_id.employee_id.name

    def _check_pin(self, place, pin):
        """Return the answer to a wrong PIN, or None. Five wrong ones lock badge and till."""
        card, till = self.customer_card_id, self.till_id
        # Both are counted, whichever says no.
        tries = [guard._take_pin_try() for guard in (card, till)]
        if not all(tries):
            return self._refuse_badge(
                place, "locked", self.env._("Too many wrong PINs. Wait five minutes.")
            )
        if not card.employee_id._is_badge_pin(pin):
            self._log_badge("refused", "badge_pin", place, self.env._("Wrong PIN"))
            return self._badge_answer("again", self.env._("Wrong PIN. Try again."))
        card._forget_pin_tries()
        till._forget_pin_tries()
        return None

    def _refuse_badge(self, place, kind, refusal):
        self.badge_used = True
        self._log_badge(kind, "badge", place, refusal)
        return self._badge_answer("refused", refusal)

    def _log_badge(self, kind, way, place, reason=False):
        card = self.customer_card_id
        self.env["customer.card.login"]._note(
            kind,
            way,
            employee=card.employee_id,
            till=self.till_id,
            card=card,
            place=place,
            reason=reason,
        )

    def _badge_answer(self, status, message):
        return {
            "status": status,
            "message": message,
            "employee_id": self.customer_card_id.employee_id.id if status == "login" else False,
        }
