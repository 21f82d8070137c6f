/** The button "Write card": the next card at this screen's till becomes this card's chip. */
import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";

import { useCardWriting } from "@customer_card/till/card_writing";

const SHOW_READY_MS = 1200;

export class EncodeDialog extends Component {
    static template = "customer_card.EncodeDialog";
    static components = { Dialog };
    static props = { cardId: Number, number: String, holder: String, close: Function };

    setup() {
        this.writing = useCardWriting("request", this.props.cardId, () =>
            browser.setTimeout(this.props.close, SHOW_READY_MS)
        );
    }

    get icon() {
        return {
            failed: "fa-exclamation-triangle text-danger",
            off: "fa-chain-broken text-danger",
            ended: "fa-clock-o text-warning",
            written: "fa-check-circle text-success",
            writing: "fa-refresh fa-spin text-primary",
        }[this.writing.phase] || "fa-credit-card text-primary";
    }

    get isOver() {
        return ["ended", "off"].includes(this.writing.phase);
    }

    get timeLeft() {
        const { seconds } = this.writing;
        return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
}

async function encode(env, { params }) {
    const { card_id: cardId, number, holder, open_card: openCard } = params;
    await new Promise((onClose) => {
        env.services.dialog.add(EncodeDialog, { cardId, number, holder }, { onClose });
    });
    if (openCard) {
        return {
            type: "ir.actions.act_window",
            res_model: "customer.card",
            res_id: cardId,
            views: [[false, "form"]],
        };
    }
    return { type: "ir.actions.client", tag: "soft_reload" };
}

registry.category("actions").add("customer_card.encode", encode);
