/** Enter on the last article adds a line, though discount lines stand below it. */
import { patch } from "@web/core/utils/patch";
import { SaleOrderLineListRenderer } from "@sale/js/sale_order_line_field/sale_order_line_field";

patch(SaleOrderLineListRenderer.prototype, {
    async editNextRecord(record, group) {
        const { list } = this.props;
        const below = list.records.slice(list.records.indexOf(record) + 1);
        if (!below.length || below.some((line) => !line.data.is_reward_line)) {
            return super.editNextRecord(record, group);
        }
        if (await list.leaveEditMode({ validate: true })) {
            this.add({ context: this.controls[0]?.context });
        }
    },
});
