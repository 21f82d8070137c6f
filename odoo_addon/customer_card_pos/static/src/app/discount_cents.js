/**
 * A card's discount is a percentage of what its articles cost, to the cent; 100 % leaves 0.00.
 *
 * Odoo reckons it on net prices. Where taxes are rounded line by line the gross amount may then be
 * a cent beside it, so the net price is moved by parts of a cent until it fits.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { patch } from "@web/core/utils/patch";

import { isRanked } from "@customer_card_pos/app/discount_rank";

const STEP = 0.001;
const STEPS = 20;

function sameTaxes(one, other) {
    return one.length === other.length && one.every((tax) => other.includes(tax));
}

patch(PosOrder.prototype, {
    _getRewardLineValuesDiscount({ reward }) {
        const rows = super._getRewardLineValuesDiscount(...arguments);
        const isPerLine = this.company.tax_calculation_rounding_method === "round_per_line";
        if (!Array.isArray(rows) || !isRanked(reward) || !isPerLine) {
            return rows;
        }
        return rows.map((row) => ({ ...row, price_unit: this.priceToTheCent(reward, row) }));
    },

    /** @returns {number} the price of this discount line, at most some parts of a cent away */
    priceToTheCent(reward, row) {
        const won = new Set(
            this.withWonProducts(reward).all_discount_product_ids.map((product) => product.id)
        );
        const gross = this.lines
            .filter((line) => {
                const product = line.combo_parent_id?.product_id || line.product_id;
                return (
                    !line.is_reward_line &&
                    won.has(product.id) &&
                    sameTaxes(line.tax_ids, row.tax_ids)
                );
            })
            .reduce((sum, line) => sum + line.prices.total_included, 0);
        const wanted = this.currency.round((gross * reward.discount) / 100);
        const position = this.fiscal_position_id;
        const taxes = position?.getTaxesAfterFiscalPosition(row.tax_ids) || row.tax_ids;
        const fits = (price) => {
            const overridedValues = { tax_ids: taxes, price_unit: price };
            const { total_included: shown } = row.product_id.getTaxDetails({ overridedValues });
            return this.currency.isZero(shown + wanted);
        };
        for (let step = 0; step <= STEPS; step++) {
            const found = [step, -step].map((n) => row.price_unit + n * STEP).find(fits);
            if (found !== undefined) {
                return found;
            }
        }
        // Another discount has lowered these articles before, or no net cents and their tax make this
        // amount: then it is the nearest one.
        return row.price_unit;
    },
});
