/**
 * An on-account card buys for a firm: nothing is paid now, the receipt is the delivery note.
 *
 * Only the card opens the firm's account. The server checks it again, before and after the payment.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

import "@customer_card_pos/app/card_payment";

patch(PosOrder.prototype, {
    /** The on-account card that was presented for this order, or undefined. */
    get accountCard() {
        return this.customer_card_id?.on_account ? this.customer_card_id : undefined;
    },

    /** What goes on the firm's account, without what comes back. */
    get accountAmount() {
        return this.payment_ids
            .filter(
                ({ amount, payment_method_id: method }) =>
                    amount > 0 && (method?.card_on_account || this.goesOnAccount(method))
            )
            .reduce((sum, line) => sum + line.amount, 0);
    },

    get isBoughtOnAccount() {
        return this.accountAmount > 0;
    },

    goesOnAccount(method) {
        return Boolean(this.accountCard && method?.type === "pay_later");
    },

    /** @returns {string} why this payment method is closed to this order, or "" */
    getMethodRefusal(method) {
        const isPurchase = this.priceIncl > 0;
        if (!method.card_on_account || !isPurchase || this.accountCard) {
            return "";
        }
        return _t(
            "%s: only with an on-account card. Go back and let the customer insert it, or choose another payment method.",
            method.name
        );
    },

    addPaymentline(method) {
        const refusal = this.getMethodRefusal(method);
        if (refusal) {
            return { status: false, data: refusal };
        }
        const result = super.addPaymentline(...arguments);
        this.invoiceLater();
        return result;
    },

    /** Odoo invoices firms at once. On account the invoice comes later, for all they bought. */
    invoiceLater() {
        if (this.accountCard) {
            const paysNow = this.payment_ids.some(
                (line) => !this.goesOnAccount(line.payment_method_id)
            );
            this.setToInvoice(Boolean(paysNow && this.partner_id?.is_company));
        }
    },
});

patch(PosStore.prototype, {
    /** The payment method of this order's on-account card, or undefined. */
    accountMethod(order) {
        if (!order?.accountCard) {
            return undefined;
        }
        const methods = this.config.payment_method_ids
            .filter((method) => method.type === "pay_later")
            .sort((one, other) => one.sequence - other.sequence);
        return methods.find((method) => method.card_on_account) || methods[0];
    },

    /** Without connection nobody but this screen asks for the card. */
    async prepareCards(order) {
        const lines = order.payment_ids.filter((line) => line.amount > 0);
        const refusals = lines.map((line) => order.getMethodRefusal(line.payment_method_id));
        const refusal = refusals.find(Boolean);
        if (refusal) {
            this.sayCard(refusal);
            return false;
        }
        return super.prepareCards(...arguments);
    },

    /** One click: the whole order goes on the firm's account, and the receipt is next. */
    async payOnAccount(order) {
        await this.validateOrderFast(this.accountMethod(order));
        if (!order.finalized) {
            // Refused: the order stays as it was, for another payment.
            for (const line of [...order.payment_ids]) {
                order.removePaymentline(line);
            }
        }
    },
});

patch(ProductScreen.prototype, {
    /** The order that could go on account now, or undefined. */
    get accountOrder() {
        const order = this.pos.getOrder();
        const isReady = order?.priceIncl > 0 && this.pos.accountMethod(order);
        return isReady ? order : undefined;
    },

    async payOnAccount() {
        if (this.isValidatingOrder) {
            return;
        }
        this.isValidatingOrder = true;
        try {
            await this.pos.payOnAccount(this.accountOrder);
        } finally {
            this.isValidatingOrder = false;
        }
    },
});

patch(PaymentScreen.prototype, {
    /** The card's method comes first; without the card it comes last. */
    setup() {
        super.setup(...arguments);
        const offered = this.pos.accountMethod(this.currentOrder);
        const rank = (method) =>
            method === offered ? 0 : this.currentOrder.getMethodRefusal(method) ? 2 : 1;
        this.payment_methods_from_config.sort((one, other) => rank(one) - rank(other));
    },

    methodClass(method) {
        if (this.currentOrder.getMethodRefusal(method)) {
            return "opacity-50";
        }
        const isOffered = method === this.pos.accountMethod(this.currentOrder);
        return isOffered ? "o_customer_card_account_method bg-success-subtle border-success" : "";
    },

    async addNewPaymentLine(method) {
        const refusal = this.currentOrder.getMethodRefusal(method);
        if (refusal) {
            this.pos.sayCard(refusal);
            return false;
        }
        return super.addNewPaymentLine(...arguments);
    },

    get isAccountOffered() {
        const order = this.currentOrder;
        return Boolean(order.accountCard && (order.isBoughtOnAccount || !order.payment_ids.length));
    },
});

patch(OrderReceipt.prototype, {
    /** Who collected the goods: the holder's name is known where the card was presented. */
    get accountHolder() {
        const card = this.order.accountCard;
        return card && card.order_partner_id?.id !== card.partner_id?.id ? card.holder_name : "";
    },

    get accountCardEnd() {
        return this.order.accountCard?.number.slice(-4) || "";
    },
});
