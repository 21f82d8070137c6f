/** Card forgotten: the customer is found by the number of the card as by name or telephone. */
import { ResPartner } from "@point_of_sale/app/models/res_partner";
import { patch } from "@web/core/utils/patch";

patch(ResPartner.prototype, {
    get searchString() {
        return `${super.searchString} ${this.card_numbers || ""}`;
    },

    exactMatch(searchWord) {
        const numbers = (this.card_numbers || "").toLowerCase().split(" ");
        return super.exactMatch(...arguments) || (Boolean(searchWord) && numbers.includes(searchWord));
    },
});
