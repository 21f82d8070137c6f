/** One click redeems the customer's credit, voucher or points: the largest amount possible. */
import { NumberPopup } from "@point_of_sale/app/components/popups/number_popup/number_popup";
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import { OrderSummary } from "@point_of_sale/app/screens/product_screen/order_summary/order_summary";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { patch } from "@web/core/utils/patch";
import { parseFloat } from "@web/views/fields/parsers";

const VALUE_KINDS = new Set(["stored_value", "voucher"]);
/** Our voucher codes; no barcode rule of Odoo knows them. */
const VOUCHER_CODE = /^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}$/;

patch(PosOrderline.prototype, {
    /** Only money can be taken in part: a gift or a percentage is taken whole. */
    get canRedeemLess() {
        return Boolean(
            this.is_reward_line &&
                this.coupon_id &&
                this.reward_id?.discount_mode === "per_point" &&
                !this.reward_id.clear_wallet
        );
    },
});

patch(PosOrder.prototype, {
    /** A limit the cashier has set stays with the card, however the order changes. */
    _getRealCouponPoints(couponId) {
        const points = super._getRealCouponPoints(...arguments);
        const limit = this.uiState.redeemLimits?.[couponId];
        if (limit === undefined) {
            return points;
        }
        const spent = this._get_reward_lines()
            .filter((line) => line.coupon_id?.id === couponId)
            .reduce((sum, line) => sum + line.points_cost, 0);
        return Math.min(points, limit - spent);
    },

    /** Credit does not buy credit: a bonus would come out as paid money. */
    _getDiscountableOnOrder(reward) {
        const found = super._getDiscountableOnOrder(...arguments);
        if (!VALUE_KINDS.has(reward.program_id.kind)) {
            return found;
        }
        const sold = this.lines
            .filter((line) => line.soldPrograms.some((program) => VALUE_KINDS.has(program.kind)))
            .reduce((sum, line) => sum + line.prices.total_included, 0);
        return { ...found, discountable: Math.max(0, found.discountable - sold) };
    },

    /** @returns {string[]} what other orders have reserved of the customer's balances */
    get reservedTexts() {
        const accounts = this.finalized ? [] : this.cardPrograms?.cards || [];
        return accounts.map(({ reserved }) => reserved).filter(Boolean);
    },

    /** @returns {Array} the customer's accounts that this order could still spend */
    getRedeemableAccounts() {
        const accounts = this.cardPrograms?.cards || [];
        const used = new Set(this._get_reward_lines().map((line) => line.coupon_id?.id));
        if (this.finalized || this.priceIncl <= 0) {
            return [];
        }
        return accounts
            .map((account) => {
                const program = this.models["loyalty.program"].get(account.program_id);
                return { ...account, program, reward: program?.reward_ids[0] };
            })
            .filter(
                ({ id, points, reward }) =>
                    reward && points >= reward.required_points && !used.has(id)
            );
    },
});

patch(PosStore.prototype, {
    redeemText({ reward, points }) {
        return reward.discount_mode === "per_point"
            ? this.env.utils.formatCurrency(points * reward.discount)
            : reward.description;
    },

    async redeemAccount({ id, points, reward }) {
        const order = this.getOrder();
        const card = await this.readOne("loyalty.card", id);
        card.points = points;
        order.uiState.disabledRewards.delete(reward.id);
        delete order.uiState.redeemLimits?.[id];
        if (!order.uiState.couponPointChanges[id]) {
            order._code_activated_coupon_ids = [["link", card]];
        }
        const result = order._applyReward(reward, id, {});
        if (result !== true) {
            this.sayCard(result);
        }
        this.updateRewards();
    },
});

patch(OrderSummary.prototype, {
    async redeemLess(line) {
        const order = this.currentOrder;
        const { coupon_id: card, reward_id: reward } = line;
        const taken = -line.prices.total_included;
        this.numberBuffer.reset();
        const buffer = await makeAwaitable(this.dialog, NumberPopup, {
            title: _t("Which amount is redeemed?"),
            startingValue: formatFloat(taken, { digits: [16, 2], thousandsSep: "" }),
            isValid: (entered) => parseFloat(`${entered || 0}`) > 0,
        });
        if (buffer) {
            order.uiState.redeemLimits = {
                ...order.uiState.redeemLimits,
                [card.id]: parseFloat(`${buffer}`) / reward.discount,
            };
            this.pos.updateRewards();
        }
    },
});

patch(ProductScreen.prototype, {
    get reservedTexts() {
        return this.pos.getOrder()?.reservedTexts || [];
    },

    get redeemable() {
        return this.pos.getOrder()?.getRedeemableAccounts() || [];
    },

    async _barcodeProductAction(code) {
        if (VOUCHER_CODE.test(code.base_code)) {
            return this._onCouponScan(code);
        }
        return super._barcodeProductAction(...arguments);
    },
});
