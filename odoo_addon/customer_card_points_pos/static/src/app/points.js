/** Points at the till: redeemed by the terms of the card, and said before and after the payment. */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

import "@customer_card_pos/app/card_payment";
import "@customer_card_pos/app/redeem";
import { billParts, redemption } from "./redemption";

/** Native types whose balance pays. */
const PAYING_TYPES = new Set(["gift_card", "ewallet"]);

/** @returns {string} "Treuekarte: collects 225 (of it visit 25), balance then 1240" */
export function pointsText({ name, earned, bonuses, after }) {
    const extra = Object.entries(bonuses);
    const names = {
        visit: _t("visit"),
        return: _t("coming back"),
        birth_month: _t("birth month"),
        birthday: _t("birthday"),
    };
    const all = extra.reduce((sum, [, points]) => sum + points, earned);
    const parts = extra.map(([reason, points]) => `${names[reason]} ${points}`).join(", ");
    return parts
        ? _t("%(name)s: collects %(all)s (of it %(parts)s), balance then %(after)s", {
              name,
              all,
              parts,
              after,
          })
        : _t("%(name)s: collects %(all)s, balance then %(after)s", { name, all, after });
}

patch(PosOrder.prototype, {
    /** @returns {Object|undefined} the account with its terms, while it is this customer's */
    getPointsAccount(id) {
        return this.cardPrograms?.cards.find((account) => account.id === id && account.redeem);
    },

    /** Points buy goods: no credit, and nothing that credit pays already. */
    isPaidByPoints(line, reward) {
        const other = line.reward_id;
        return (
            line.getQuantity() &&
            other?.id !== reward.id &&
            !PAYING_TYPES.has(other?.program_id.program_type) &&
            !line.soldPrograms.some(({ program_type: type }) => PAYING_TYPES.has(type))
        );
    },

    /** The articles that points can pay, by tax and class. */
    getPointsParts(reward) {
        const groups = new Map();
        for (const line of this.getOrderlines()) {
            if (!this.isPaidByPoints(line, reward)) {
                continue;
            }
            const taxes = line.tax_ids.filter((tax) => tax.amount_type !== "fixed");
            const key = taxes.map((tax) => tax.id).join(",");
            const group = groups.get(key) || { taxes, base: 0, lines: [] };
            group.base += line.basePrice;
            group.lines.push({
                gross: line.prices.total_included,
                isService: line.product_id.type === "service",
            });
            groups.set(key, group);
        }
        return [...groups.values()].flatMap((group) =>
            billParts(group.lines).map((part) => ({ ...part, group }))
        );
    },

    quotePoints(account, reward, points = account.points) {
        const limit = this.uiState.redeemLimits?.[account.id];
        const wish = limit === undefined ? null : limit * reward.discount;
        const parts = this.getPointsParts(reward);
        return { parts, ...redemption(account.redeem, parts, points, wish) };
    },

    _getRewardLineValuesDiscount(args) {
        const { reward, coupon_id } = args;
        const account = this.getPointsAccount(coupon_id);
        const values = super._getRewardLineValuesDiscount(...arguments);
        if (reward.program_id.kind !== "points" || !account || !values.length) {
            return values;
        }
        const points = this.getFreePoints(coupon_id);
        const { parts, amounts, points: cost } = this.quotePoints(account, reward, points);
        const byGroup = new Map();
        parts.forEach(({ group, gross }, index) => {
            const sum = byGroup.get(group) || { amount: 0, gross: 0 };
            sum.amount += amounts[index];
            sum.gross += gross;
            byGroup.set(group, sum);
        });
        const lines = [];
        for (const [{ taxes, base }, { amount, gross }] of byGroup) {
            if (amount) {
                lines.push({
                    ...values[0],
                    price_unit: -(base * amount) / gross,
                    points_cost: lines.length ? 0 : cost,
                    tax_ids: taxes,
                });
            }
        }
        return lines;
    },

    /** What the card has, without a limit that the cashier has set: the terms look at all of it. */
    getFreePoints(couponId) {
        const limits = this.uiState.redeemLimits;
        delete this.uiState.redeemLimits;
        const points = this._getRealCouponPoints(couponId);
        this.uiState.redeemLimits = limits;
        return points;
    },

    getRedeemableAccounts() {
        return super
            .getRedeemableAccounts()
            .filter(
                (account) =>
                    !account.redeem || !this.quotePoints(account, account.reward).refusal
            );
    },

    /** Native texts about points stay away from ours: the server says what they are. */
    getLoyaltyPoints() {
        return super.getLoyaltyPoints().filter(({ program }) => !program.kind);
    },

    /** A redemption that costs no points is asked for, too: it needs the balance. */
    getCardSpends() {
        const spends = super.getCardSpends();
        const known = new Set(spends.map((spend) => spend.card_id));
        for (const { coupon_id: card } of this.getSpendingLines()) {
            if (!known.has(card.id) && this.getPointsAccount(card.id)) {
                known.add(card.id);
                spends.push({ card_id: card.id, points: 0, code: "" });
            }
        }
        return spends;
    },

    /** The server says what the order would bring, where the customer has a points card. */
    getAlsoAsked() {
        const asked = super.getAlsoAsked();
        if (!this.partner_id?.isSynced || !this.cardPrograms?.cards.some((one) => one.redeem)) {
            return asked;
        }
        const lines = this.getOrderlines().map((line) => ({
            product_id: line.product_id.id,
            gross: line.prices.total_included,
            discount: line.discount || 0,
        }));
        return { ...asked, lines };
    },
});

patch(PosStore.prototype, {
    takeCardAnswer(order, asked, answer) {
        order.uiState.pointsPreview = answer.preview || [];
        return super.takeCardAnswer(...arguments);
    },

    goOnOffline(order) {
        order.uiState.pointsPreview = [];
        order.uiState.pointsFollow = Boolean(order.getAlsoAsked());
        return super.goOnOffline(...arguments);
    },

    redeemText(account) {
        if (!account.redeem) {
            return super.redeemText(...arguments);
        }
        const { amounts } = this.getOrder().quotePoints(account, account.reward);
        return this.env.utils.formatCurrency(amounts.reduce((sum, one) => sum + one, 0));
    },
});

patch(OrderReceipt.prototype, { pointsText });

patch(PaymentScreen.prototype, {
    pointsText,

    get pointsPreview() {
        return this.currentOrder.uiState.pointsPreview || [];
    },

    /** The prompt stands there once per receipt: when nothing was redeemed or waved away yet. */
    isPrompted({ card_id: cardId, prompt }) {
        const order = this.currentOrder;
        const accounts = order.getRedeemableAccounts();
        return (
            prompt && !order.uiState.pointsPrompted && accounts.some((one) => one.id === cardId)
        );
    },

    async redeemPrompted({ card_id: cardId }) {
        const order = this.currentOrder;
        order.uiState.pointsPrompted = true;
        const account = order.getRedeemableAccounts().find((one) => one.id === cardId);
        if (account) {
            await this.pos.redeemAccount(account);
            await this.pos.prepareCards(order);
        }
    },
});
