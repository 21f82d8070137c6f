/** A voucher or credit sold to nobody by name: the till asks for a card that carries it (EX-13). */
import { Component, useState } from "@odoo/owl";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

import { useCardWriting } from "@customer_card/till/card_writing";

import { useCardListener } from "./card_listener";
import { VALUE_KINDS } from "./program_sale";

export class BearerCardDialog extends Component {
    static template = "customer_card_pos.BearerCardDialog";
    static components = { Dialog };
    static props = { pos: Object, getPayload: Function, close: Function };

    setup() {
        this.state = useState({ error: "" });
        useCardListener(this.props.pos, (claim) => this.take(claim));
        this.writing = useCardWriting("request_new", false, ({ card_id }) => this.answer(card_id));
    }

    get isWriting() {
        return !["asking", "off"].includes(this.writing.phase);
    }

    /** @returns {string} the sentence for the card reader */
    take({ card, partner }) {
        if (partner) {
            this.state.error = _t("Card %s belongs to a customer. Take a card without a name.", card.number);
            return this.state.error;
        }
        this.answer(card.id);
        return _t("Card %s carries it.", card.number);
    }

    /** @param {number|false} cardId false: without a card, its code is on the receipt */
    answer(cardId) {
        this.props.getPayload({ cardId });
        this.props.close();
    }
}

patch(PosStore.prototype, {
    async prepareCards(order) {
        return (await this.askBearerCard(order)) && super.prepareCards(...arguments);
    },

    /** @returns {Promise<boolean>} may the payment start? */
    async askBearerCard(order) {
        const asked =
            this.company.card_assign_at_sale &&
            !order.partner_id &&
            !order.customer_card_id &&
            !order.uiState.withoutCard &&
            order.getSoldPrograms().some((program) => VALUE_KINDS.has(program.kind));
        if (!asked) {
            return true;
        }
        const payload = await makeAwaitable(this.dialog, BearerCardDialog, { pos: this });
        if (payload?.cardId) {
            order.customer_card_id = await this.readOne("customer.card", payload.cardId);
        } else if (payload) {
            order.uiState.withoutCard = true;
        }
        return Boolean(payload);
    },
});
