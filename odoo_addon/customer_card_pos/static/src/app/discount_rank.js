/**
 * Of our discounts on one article the most specific wins, then the higher percentage, then the
 * older one (I29). The company may switch stacking on; native promotions are left as they are.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { patch } from "@web/core/utils/patch";

const RANKED_KINDS = new Set(["discount", "coupon"]);

function isRanked(reward) {
    return (
        RANKED_KINDS.has(reward.program_id?.kind) &&
        reward.discount_mode === "percent" &&
        reward.discount_applicability === "specific"
    );
}

function outranks(one, other) {
    return (
        one.specificity - other.specificity ||
        one.discount - other.discount ||
        other.id - one.id
    );
}

patch(PosOrder.prototype, {
    /** Our discounts that are open to this order and not taken off it by hand. */
    getRankedRewards() {
        const coupons = new Set(this._code_activated_coupon_ids.map((card) => card.program_id?.id));
        return this.models["loyalty.reward"].filter(
            (reward) =>
                isRanked(reward) &&
                !this.uiState.disabledRewards.has(reward.id) &&
                (reward.program_id.kind === "coupon"
                    ? coupons.has(reward.program_id.id)
                    : this._programIsApplicable(reward.program_id))
        );
    },

    /**
     * The reward as native code reads it, with the articles on which no other one wins.
     *
     * A discount on everything does not cover the discount lines: those lower the rest already.
     */
    withWonProducts(reward) {
        if (!isRanked(reward)) {
            return reward;
        }
        const stacks = this.company.card_discounts_stack;
        const rivals = stacks
            ? []
            : this.getRankedRewards().filter((rival) => outranks(rival, reward) > 0);
        const taken = new Set(
            rivals.flatMap((rival) => rival.all_discount_product_ids.map((product) => product.id))
        );
        for (const { discount_line_product_id: product } of this.models["loyalty.reward"].getAll()) {
            taken.add(product?.id);
        }
        return {
            id: reward.id,
            all_discount_product_ids: reward.all_discount_product_ids.filter(
                (product) => !taken.has(product.id)
            ),
        };
    },

    _getDiscountableOnSpecific(reward) {
        return super._getDiscountableOnSpecific(this.withWonProducts(reward));
    },

    _getSpecificDiscountableLines(reward) {
        return super._getSpecificDiscountableLines(this.withWonProducts(reward));
    },

    getClaimableRewards() {
        return super
            .getClaimableRewards(...arguments)
            .filter(
                ({ reward }) =>
                    !isRanked(reward) || this._getSpecificDiscountableLines(reward).length
            );
    },
});
