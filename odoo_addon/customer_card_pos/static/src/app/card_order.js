/** A presented card opens an order of its holder, but never in the middle of a payment. */
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { patch } from "@web/core/utils/patch";

import { takeHandover } from "@customer_card_pos/handover";

const NUMBER = { digits: [16, 2], trailingZeros: false };
const OPEN_SCREENS = new Set(["ProductScreen", "TicketScreen", "ReceiptScreen", "SaverScreen"]);

function isOpen(order) {
    return order && !order.finalized && !order.payment_ids.length;
}

/** Tell whether this order is nobody's yet, or the holder's with this card or none. */
function canServe(order, partner, card) {
    const samePartner = !order.partner_id || order.partner_id.id === partner?.id;
    const sameCard = !order.customer_card_id || order.customer_card_id.id === card?.id;
    return isOpen(order) && samePartner && sameCard;
}

patch(PosStore.prototype, {
    async setup() {
        this.waitingCards = [];
        await super.setup(...arguments);
        const claim = takeHandover();
        if (claim) {
            await this.presentCard(claim);
        }
    },

    navigate(routeName) {
        const result = super.navigate(...arguments);
        if (routeName === "ProductScreen" && this.waitingCards.length) {
            this.openWaitingCards();
        }
        return result;
    },

    /**
     * Open the card's order now, or as soon as the payment that runs is done.
     *
     * @returns {string} what came of it, for the seller at the card reader
     */
    async presentCard(claim) {
        if (this.cardListener) {
            return this.cardListener(claim);
        }
        const name = claim.partner?.name || claim.card.number;
        if (this.cashier && OPEN_SCREENS.has(this.router.state.current)) {
            await this.openCardOrder(claim);
            return name;
        }
        return this.waitWithCard(claim, () => this.openCardOrder(claim));
    },

    get isPaying() {
        return this.router.state.current === "PaymentScreen";
    },

    /** Say that the card was seen, and *open* what it opens when the payment is done. */
    waitWithCard(claim, open) {
        const order = this.getOrder();
        this.waitingCards.push({ claim, order, open });
        const message = this.waitingText(claim.partner?.name || claim.card.number, order);
        this.env.services["customer_card.till"].show(message, { type: "info" });
        return message;
    },

    waitingText(name, order) {
        if (!this.isPaying) {
            return _t("%s: opens when Point of Sale is ready.", name);
        }
        return order?.partner_id
            ? _t("%s: opens after this payment.", name)
            : _t("%s: opens after this payment. Go back to use the card for this order.", name);
    },

    async openWaitingCards() {
        const waiting = this.waitingCards;
        this.waitingCards = [];
        for (const { claim, order, open } of waiting) {
            const paying = order && !order.finalized && order.partner_id;
            if (paying && order.partner_id.id !== claim.partner?.id) {
                this.waitingCards.push({ claim, order, open });
            } else {
                await open();
            }
        }
    },

    async openCardOrder(claim) {
        const [partner, card] = await Promise.all([
            this.readOne("res.partner", claim.partner?.id),
            this.readOne("customer.card", claim.card.id),
        ]);
        const order = this.orderForCard(partner, card);
        this.selectedOrderUuid = order.uuid;
        if (order.partner_id?.id !== partner?.id && (partner || order.isEmpty())) {
            this.setPartnerToCurrentOrder(partner || false);
        }
        order.customer_card_id = card;
        order.invoiceLater();
        this.navigate("ProductScreen", { orderUuid: order.uuid });
        this.updateRewards();
        this.showCardPrograms(claim);
    },

    /**
     * A card with which nothing is to be done opens no order: it serves the goods on the screen, or
     * its customer is shown.
     */
    async showHolder(claim) {
        const order = this.getOrder();
        const serves = order?.lines.length && canServe(order, claim.partner, claim.card);
        if (this.cardListener || serves) {
            return this.presentCard(claim);
        }
        const open = async () => {
            const partner = await this.readOne("res.partner", claim.partner?.id);
            this.showCardPrograms(claim);
            if (partner) {
                this.editPartner(partner);
            }
        };
        if (!this.cashier || !OPEN_SCREENS.has(this.router.state.current)) {
            return this.waitWithCard(claim, open);
        }
        await open();
        return claim.partner?.name || claim.card.number;
    },

    async readOne(model, id) {
        if (!id) {
            return undefined;
        }
        return this.models[model].get(id) || (await this.data.read(model, [id]))[0];
    },

    /**
     * The order on the screen, if nothing is on it or it can be the holder's: goods scanned before
     * the card was handed over are his. Otherwise the order he left open, or an empty one.
     */
    orderForCard(partner, card) {
        const order = this.getOrder();
        if (isOpen(order) && (order.isEmpty() || canServe(order, partner, card))) {
            return order;
        }
        const left = this.models["pos.order"].find(
            (other) => partner && isOpen(other) && other.partner_id?.id === partner.id
        );
        return left || this.getEmptyOrder();
    },

    showCardPrograms(claim) {
        const programs = claim.enrolments.map(({ name, remaining, left }) =>
            remaining === false ? name : `${name} (${left || formatFloat(remaining, NUMBER)})`
        );
        if (claim.on_account) {
            programs.unshift(_t("on account"));
        }
        const customer = claim.partner?.name || claim.card.number;
        const message = programs.length
            ? _t("%(customer)s: %(programs)s", { customer, programs: programs.join(", ") })
            : _t("%s: no program on this card.", customer);
        this.env.services["customer_card.till"].show(message, { type: "success" });
    },
});
