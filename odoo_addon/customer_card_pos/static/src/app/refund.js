/**
 * What lowered or paid an order comes back with its goods: of a discount their share, of credit and
 * vouchers first of all, since a bonus is never paid out.
 *
 * These lines follow the goods on the refund; what the cashier chose himself stays as it is.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";

import { productsWon } from "@customer_card_pos/app/discount_rank";

const VALUE_KINDS = new Set(["stored_value", "voucher"]);
const PAYING_TYPES = new Set(["gift_card", "ewallet"]);

function total(line) {
    return Math.abs(line.prices.total_included);
}

function refundsOf(line) {
    return line.refund_orderline_ids.filter((refund) => refund.order_id?.state !== "cancel");
}

function returned(line) {
    return refundsOf(line).reduce((sum, refund) => sum + total(refund), 0);
}

/**
 * The reward behind a line. A quotation that was settled here names none: its lines are known by
 * the article that stands for a reward.
 */
function rewardOf(line) {
    return (
        line.reward_id ||
        line.models["loyalty.reward"].find(
            ({ discount_line_product_id: product }) => product && product.id === line.product_id?.id
        )
    );
}

/** The line took something off its order, as a discount or as a payment with credit. */
function lowers(line) {
    const isReward = line.is_reward_line || rewardOf(line);
    return Boolean(isReward) && line.qty > 0 && line.prices.total_included < 0;
}

function taxKey(line) {
    return line.tax_ids
        .map((tax) => tax.id)
        .sort()
        .join();
}

patch(PosOrder.prototype, {
    /** Something the customer holds changed with this order. */
    get touchesCards() {
        return this.lines.some(
            (line) =>
                line.reward_id?.program_id?.kind ||
                line.soldPrograms.length ||
                line.refunded_orderline_id
        );
    },

    /** @returns {Array} of {line, amount}: what this redemption line may still get back */
    getReturnableRedemptions() {
        return this.lines
            .filter((line) => lowers(line) && VALUE_KINDS.has(rewardOf(line)?.program_id?.kind))
            .map((line) => ({ line, amount: total(line) - returned(line) }))
            .filter(({ amount }) => amount > 0);
    },

    /** The lines by which rewards have lowered this order; credit pays it, and is no discount. */
    getDiscountLines() {
        return this.lines.filter(
            (line) =>
                lowers(line) && !PAYING_TYPES.has(rewardOf(line)?.program_id?.program_type)
        );
    },

    /** The goods of this order that a discount line has lowered. */
    getLoweredLines(discount) {
        const goods = this.lines.filter(
            (line) => !line.is_reward_line && line.prices.total_included > 0
        );
        const taxed = goods.filter((line) => taxKey(line) === taxKey(discount));
        const products = this.getLoweredProducts(rewardOf(discount));
        const found = taxed.filter(
            (line) =>
                products?.has(line.product_id.id) || products?.has(line.combo_parent_id?.product_id.id)
        );
        return [found, taxed, goods].find((lines) => lines.length) || [];
    },

    getLoweredProducts(reward) {
        if (reward?.reward_type === "product") {
            return new Set(reward.reward_product_ids.map((product) => product.id));
        }
        if (reward?.discount_applicability === "cheapest") {
            return new Set([this._getCheapestLine(reward)?.product_id.id]);
        }
        if (reward?.discount_applicability === "specific") {
            const rivals = this.getDiscountLines().map(rewardOf);
            const won = productsWon(reward, this.company, rivals.filter(Boolean));
            return new Set(won.map((product) => product.id));
        }
        return undefined;
    },

    /** @returns {Array} of {line, amount}: the share of each discount in what came back until now */
    getReturnableDiscounts() {
        return this.getDiscountLines()
            .map((line) => {
                const goods = this.getLoweredLines(line);
                const all = goods.reduce((sum, one) => sum + total(one), 0);
                const back = goods.reduce((sum, one) => sum + returned(one), 0);
                const share = all ? Math.min(back / all, 1) : 0;
                const amount = this.currency.round(total(line) * share - returned(line));
                return { line, amount };
            })
            .filter(({ amount }) => amount > 0);
    },

    /** Let the lines that this order gives back by itself fit its goods. */
    updateReturns() {
        const original = this.refunded_order_id;
        if (!original || this.finalized) {
            return;
        }
        const mine = new Set(this.uiState.returnLines);
        for (const line of this.lines.filter((one) => mine.has(one.uuid))) {
            line.delete();
        }
        this.uiState.returnLines = [];
        const isChosen = ({ line }) => refundsOf(line).some((refund) => refund.order_id === this);
        for (const found of original.getReturnableDiscounts().filter((one) => !isChosen(one))) {
            this.giveBack(found);
        }
        for (const { line, amount } of original.getReturnableRedemptions()) {
            const owed = -this.priceIncl;
            if (owed > 0) {
                this.giveBack({ line, amount: Math.min(amount, owed) });
            }
        }
    },

    giveBack({ line, amount }) {
        const created = this.models["pos.order.line"].create({
            order_id: this,
            product_id: line.product_id,
            qty: -1,
            price_unit: line.qty * line.price_unit * (amount / total(line)),
            tax_ids: line.tax_ids.map((tax) => ["link", tax]),
            refunded_orderline_id: line,
            price_type: "automatic",
        });
        this.uiState.returnLines.push(created.uuid);
    },
});

patch(TicketScreen.prototype, {
    postRefund(destinationOrder) {
        super.postRefund(...arguments);
        destinationOrder.updateReturns();
    },
});

patch(PosStore.prototype, {
    updateRewards() {
        const order = this.getOrder();
        if (order?.uiState.returnLines) {
            order.updateReturns();
        }
        return super.updateRewards(...arguments);
    },
});
