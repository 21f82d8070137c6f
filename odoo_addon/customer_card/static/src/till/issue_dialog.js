/** The dialog in which a seller hands out articles from a customer's counter. */
import { Component, onWillDestroy, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";
import { uuid } from "@web/core/utils/strings";
import { useDebounced } from "@web/core/utils/timing";

// Above this many articles a seller finds his one faster by typing.
const SEARCH_ABOVE = 8;
const SERVER_LIMIT = 20;

export class IssueDialog extends Component {
    static template = "customer_card.IssueDialog";
    static components = { Dialog };
    static props = {
        claim: Object,
        close: Function,
        onBooking: Function,
    };

    setup() {
        this.orm = useService("orm");
        // One key for the life of the dialog: a double click or a repeat after a lost answer books once.
        this.key = `issue:${this.props.claim.event_id}:${uuid()}`;
        this.state = useState({
            counter: 0,
            productId: false,
            query: "",
            found: false,
            quantity: 1,
            busy: false,
            unsure: false,
            error: "",
        });
        this.quantityRef = useRef("quantity");
        this.searchRef = useRef("search");
        this.confirmRef = useRef("confirm");
        this.searchServer = useDebounced(() => this.findProducts(), 250);
        this.chooseCounter(0);
        useEffect(
            () => this.focusNext(),
            () => [this.state.counter, this.state.productId, this.state.busy]
        );
        this.beforeUnload = (ev) => this.state.busy && ev.preventDefault();
        window.addEventListener("beforeunload", this.beforeUnload);
        onWillDestroy(() => window.removeEventListener("beforeunload", this.beforeUnload));
    }

    get counters() {
        return this.props.claim.counters;
    }

    get counter() {
        return this.counters[this.state.counter];
    }

    get showSearch() {
        return this.counter.products.length > SEARCH_ABOVE;
    }

    get products() {
        const query = this.state.query.trim().toLowerCase();
        if (!query) {
            return this.counter.products;
        }
        return (
            this.state.found ||
            this.counter.products.filter((product) => product.name.toLowerCase().includes(query))
        );
    }

    get product() {
        const known = [...(this.state.found || []), ...this.counter.products];
        return known.find((product) => product.id === this.state.productId);
    }

    get locked() {
        return this.state.busy || this.state.unsure;
    }

    get canConfirm() {
        return !this.state.busy && this.product && this.state.quantity > 0;
    }

    get confirmLabel() {
        if (this.state.busy) {
            return _t("Booking…");
        }
        return this.state.unsure ? _t("Repeat") : _t("Issue");
    }

    remaining(counter) {
        return counter.unlimited ? _t("unlimited") : _t("%s left", counter.remaining);
    }

    /** Tells the counters of one program apart. */
    detail({ line, products }) {
        return line || (products.length === 1 ? products[0].name : "");
    }

    /** Typing and Enter go where the seller is expected next; disabled inputs have lost the focus. */
    focusNext() {
        const input = this.product ? this.quantityRef.el : this.searchRef.el;
        const target = this.state.unsure ? this.confirmRef.el : input;
        target?.focus();
        target?.select?.();
    }

    chooseCounter(index) {
        const { products } = this.counters[index];
        Object.assign(this.state, {
            counter: index,
            productId: products.length === 1 ? products[0].id : false,
            query: "",
            found: false,
            error: "",
        });
    }

    chooseProduct(product) {
        this.state.productId = product.id;
        this.quantityRef.el.focus();
        this.quantityRef.el.select();
    }

    onQuery(ev) {
        this.state.query = ev.target.value;
        this.state.found = false;
        if (this.counter.products.length >= SERVER_LIMIT && this.state.query.trim()) {
            this.searchServer();
        }
    }

    async findProducts() {
        const query = this.state.query;
        const found = await this.orm.silent.call("customer.card.event", "search_products", [], {
            event_id: this.props.claim.event_id,
            allowance_id: this.counter.allowance_id,
            query,
        });
        if (query === this.state.query) {
            this.state.found = found;
        }
    }

    onSearchKeydown(ev) {
        if (ev.key === "Enter" && this.products.length) {
            ev.preventDefault();
            this.chooseProduct(this.products[0]);
        }
    }

    step(by) {
        this.state.quantity = Math.max(1, (Number(this.state.quantity) || 0) + by);
    }

    async confirm() {
        if (!this.canConfirm) {
            return;
        }
        this.state.busy = true;
        this.state.error = "";
        try {
            const booking = this.orm.silent.call("customer.card.event", "issue", [], {
                event_id: this.props.claim.event_id,
                allowance_id: this.counter.allowance_id,
                product_id: this.product.id,
                quantity: Number(this.state.quantity),
                key: this.key,
            });
            this.props.onBooking(booking);
            await booking;
            this.props.close();
        } catch (error) {
            this.onRefused(error);
        }
    }

    /** Only a lost answer leaves open whether it was booked: then nothing but the same may be repeated. */
    onRefused(error) {
        this.props.onBooking(false);
        this.state.busy = false;
        this.state.unsure = error instanceof ConnectionLostError;
        this.state.error = this.state.unsure
            ? _t("No answer from the server. It is safe to repeat: nothing is booked twice.")
            : error.data?.message || _t("The issue could not be booked.");
    }
}
