/**
 * Before an order is paid the server reserves what it spends; without the server nothing is spent.
 *
 * The reservation belongs to the order (its uuid), so a reload or a repeated call changes nothing.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { Mutex } from "@web/core/utils/concurrency";
import { patch } from "@web/core/utils/patch";

/** Shorter than the server's 15 minutes: a hold is renewed before it can run out. */
const RENEW_AFTER_MS = 5 * 60 * 1000;
const NATIVE_TYPES = new Set(["gift_card", "ewallet", "loyalty"]);
const mutex = new Mutex();

function isReserved(program) {
    return Boolean(program.kind) || NATIVE_TYPES.has(program.program_type);
}

patch(PosOrder.prototype, {
    /** The reward lines that take something off a card the server knows. */
    getSpendingLines() {
        return this._get_reward_lines().filter((line) => {
            const program = line.reward_id?.program_id;
            const isOurDiscount = program?.kind === "discount";
            return line.coupon_id?.id > 0 && program && isReserved(program) && !isOurDiscount;
        });
    },

    /** @returns {Array} for each card what this order takes off it, in the card's unit */
    getCardSpends() {
        const spends = new Map();
        for (const line of this.getSpendingLines()) {
            const card = line.coupon_id;
            const known = spends.get(card.id) || {
                card_id: card.id,
                points: 0,
                code: card.code || "",
            };
            known.points += line.points_cost;
            spends.set(card.id, known);
        }
        for (const change of Object.values(this.uiState.couponPointChanges || {})) {
            const program = this.models["loyalty.program"].get(change.program_id);
            if (spends.has(change.coupon_id) && program?.applies_on === "both" && !program.kind) {
                // Native points that this very order earns may be spent on it; a free piece earns none.
                const earned = change.points - this._getPointsCorrection(program);
                spends.get(change.coupon_id).points -= earned;
            }
        }
        return [...spends.values()].filter((spend) => spend.points > 0);
    },

    /** @returns {Object|null} what else the server is asked before the payment; glue adds to it */
    getAlsoAsked() {
        return null;
    },

    /** Take spending lines off the order and forget the codes that brought them. */
    removeSpending(lines = this.getSpendingLines()) {
        const cards = new Set(lines.map((line) => line.coupon_id));
        for (const line of lines) {
            line.delete();
        }
        this._code_activated_coupon_ids = [
            ["unlink", ...this._code_activated_coupon_ids.filter((card) => cards.has(card))],
        ];
    },

    restoreState() {
        super.restoreState(...arguments);
        // Nobody knows how long the page was away: the payment asks again.
        delete this.uiState.cardsReadyAt;
    },
});

patch(PosStore.prototype, {
    async pay() {
        const order = this.getOrder();
        if (order?.canPay() && !(await this.prepareCards(order))) {
            return;
        }
        return super.pay(...arguments);
    },

    async validateOrderFast() {
        if (!(await this.prepareCards(this.getOrder()))) {
            return;
        }
        return super.validateOrderFast(...arguments);
    },

    /** @returns {Promise<boolean>} may this order be paid as it stands? */
    async prepareCards(order) {
        if (!(await this.askProgramHolder(order)) || !(await this.askNewCard(order))) {
            return false;
        }
        return mutex.exec(() => this.reserveCards(order));
    },

    async askProgramHolder(order) {
        if (!order.getHeldPrograms().length || order.partner_id || order.customer_card_id) {
            return true;
        }
        this.sayCard(_t("Choose the customer who gets the program, or insert the card."));
        return Boolean(await this.selectPartner(order));
    },

    async reserveCards(order) {
        const spends = order.getCardSpends();
        const sales = order.getProgramSales();
        const onAccount = order.accountAmount;
        const alsoAsked = order.getAlsoAsked();
        const nothing = !spends.length && !sales.length && !onAccount && !alsoAsked;
        if (nothing && !order.uiState.cardsHeld) {
            return true;
        }
        const values = {
            partner_id: order.partner_id?.isSynced ? order.partner_id.id : false,
            customer_card_id: order.customer_card_id?.id || false,
            pricelist_id: order.pricelist_id?.id || false,
            config_id: this.config.id,
            spends,
            sales,
            on_account: onAccount,
            ...alsoAsked,
        };
        const asked = JSON.stringify(values);
        const age = Date.now() - (order.uiState.cardsReadyAt || 0);
        if (order.uiState.cardsReady === asked && age < RENEW_AFTER_MS) {
            return true;
        }
        let answer;
        try {
            answer = await this.data.call("pos.order", "prepare_card_payment", [
                order.uuid,
                values,
            ]);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            return this.goOnOffline(order, spends);
        }
        return this.takeCardAnswer(order, asked, answer);
    },

    takeCardAnswer(order, asked, { refusal, points, held, unusable }) {
        for (const [id, left] of Object.entries(points)) {
            const card = this.models["loyalty.card"].get(Number(id));
            if (card) {
                card.points = left;
            }
        }
        Object.assign(order.uiState, {
            cardsHeld: held,
            cardsReady: asked,
            cardsReadyAt: refusal ? 0 : Date.now(),
        });
        clearTimeout(this.renewalOfCards);
        if (held) {
            // A slow payment terminal must not lose what the order has reserved.
            this.renewalOfCards = setTimeout(() => this.renewCards(order), RENEW_AFTER_MS);
        }
        if (refusal) {
            const lines = order.getSpendingLines();
            order.removeSpending(lines.filter((line) => unusable.includes(line.coupon_id.id)));
            this.sayCard(refusal);
            this.updateRewards();
        }
        return !refusal;
    },

    async renewCards(order) {
        if (order.uiState?.cardsHeld && !order.finalized) {
            await mutex.exec(() => this.reserveCards(order));
        }
    },

    /** Programs may be sold without the server, they are given when the order arrives. */
    goOnOffline(order, spends) {
        if (!spends.length) {
            return true;
        }
        order.removeSpending();
        this.sayCard(
            _t(
                "No connection: credit, vouchers and points cannot be redeemed now. They were taken off the order, please check it."
            )
        );
        return false;
    },

    sayCard(message) {
        this.env.services["customer_card.till"].show(message, { type: "warning" });
    },

    /** Who leaves the payment may change the order: others may have what it had reserved. */
    navigate(routeName, { orderUuid } = {}) {
        for (const order of this.models["pos.order"].filter((one) => one.uiState?.cardsHeld)) {
            if (routeName !== "PaymentScreen" || order.uuid !== orderUuid) {
                this.releaseCards(order);
            }
        }
        return super.navigate(...arguments);
    },

    async deleteOrders(orders) {
        for (const order of orders) {
            this.releaseCards(order);
        }
        return super.deleteOrders(...arguments);
    },

    releaseCards(order) {
        if (!order?.uiState?.cardsHeld || order.finalized) {
            return;
        }
        Object.assign(order.uiState, { cardsHeld: false, cardsReady: false });
        const { uuid } = order;
        return mutex.exec(async () => {
            try {
                await this.data.call("pos.order", "release_card_payment", [uuid]);
            } catch (error) {
                if (!(error instanceof ConnectionLostError)) {
                    throw error;
                }
                // The server frees it by itself when its time is over.
            }
        });
    },
});

patch(OrderPaymentValidation.prototype, {
    async validateOrder() {
        if (!this.order.finalized && !(await this.pos.prepareCards(this.order))) {
            return false;
        }
        return super.validateOrder(...arguments);
    },
});
