/** Who gets a gift of a branch or an employee: a customer or a firm, found by name (EX-02). */
import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

export class RecipientPicker extends Component {
    static template = "customer_card.RecipientPicker";
    static props = {
        eventId: Number,
        recipient: [Object, Boolean],
        required: { type: Boolean, optional: true },
        disabled: { type: Boolean, optional: true },
        choose: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.till = useService("customer_card.till");
        this.state = useState({ query: "", found: [] });
        this.search = useDebounced(() => this.find(), 250);
    }

    get placeholder() {
        return this.props.required ? _t("Customer or firm") : _t("Customer or firm (if you like)");
    }

    onQuery(ev) {
        this.state.query = ev.target.value;
        this.state.found = [];
        if (this.state.query.trim()) {
            this.search();
        }
    }

    async find() {
        const query = this.state.query;
        const found = await this.orm.silent.call("customer.card.event", "search_recipients", [], {
            event_id: this.props.eventId,
            query,
            screen: this.till.state.till?.secret,
        });
        if (query === this.state.query) {
            this.state.found = found;
        }
    }

    /** Enter takes the first one found; it must not issue anything. */
    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            if (this.state.found.length) {
                this.take(this.state.found[0]);
            }
        }
    }

    take(recipient) {
        Object.assign(this.state, { query: "", found: [] });
        this.props.choose(recipient);
    }
}
