/** A customer without a card buys a program: he gets one now (company setting). */
import { Component, useRef, useState } from "@odoo/owl";
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useAutofocus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

import { useCardWriting } from "@customer_card/till/card_writing";

import { useCardListener } from "./card_listener";

export class NewCardDialog extends Component {
    static template = "customer_card_pos.NewCardDialog";
    static components = { Dialog };
    static props = { pos: Object, partner: Object, getPayload: Function, close: Function };

    setup() {
        this.state = useState({ number: "", error: "" });
        this.input = useRef("number");
        useAutofocus({ refName: "number" });
        useCardListener(this.props.pos, (claim) => this.take(claim.card.number));
        this.writing = useCardWriting("request_new", this.props.partner.id, ({ number }) =>
            this.answer({ number })
        );
    }

    /** Without a till the reader writes nothing: a finished card is inserted, or its number typed. */
    get isWriting() {
        return !["asking", "off"].includes(this.writing.phase);
    }

    /** @returns {Promise<string>} the sentence for the card reader */
    async take(number) {
        this.state.number = number.trim();
        this.state.error = "";
        if (!this.state.number) {
            this.input.el.focus();
            return "";
        }
        this.state.error = await this.refusal();
        if (!this.state.error) {
            this.answer({ number: this.state.number });
            return _t("Card %(number)s: for %(customer)s.", {
                number: this.state.number,
                customer: this.props.partner.name,
            });
        }
        return this.state.error;
    }

    /** Without connection any number is taken; the server looks when the order arrives. */
    async refusal() {
        try {
            return await this.props.pos.data.call("customer.card", "refusal_as_new_card", [
                this.state.number,
            ]);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            return "";
        }
    }

    answer(payload) {
        this.props.getPayload(payload);
        this.props.close();
    }
}

patch(PosOrder.prototype, {
    /** With another customer the card that was asked for is nobody's any more. */
    setPartner(partner) {
        if (this.partner_id?.id !== partner?.id) {
            this.new_card = false;
            this.new_card_number = "";
        }
        return super.setPartner(...arguments);
    },
});

patch(PosStore.prototype, {
    /** @returns {Promise<boolean>} may the payment start? */
    async askNewCard(order) {
        const wanted =
            this.company.card_assign_at_sale &&
            order.partner_id &&
            order.getSoldPrograms().length &&
            !order.new_card;
        if (!wanted || order.customer_card_id?.partner_id) {
            return true;
        }
        await this.loadCardPrograms(order);
        if (order.cardPrograms?.has_card) {
            return true;
        }
        const payload = await makeAwaitable(this.dialog, NewCardDialog, {
            pos: this,
            partner: order.partner_id,
        });
        if (payload) {
            Object.assign(order, { new_card: true, new_card_number: payload.number });
        }
        return Boolean(payload);
    },
});
