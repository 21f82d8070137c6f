/** The dialog in which a seller hands out articles from a customer's counter. */
import { Component, onWillDestroy, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";
import { uuid } from "@web/core/utils/strings";
import { useDebounced } from "@web/core/utils/timing";

import { RecipientPicker } from "./recipient_picker";

// Above this many articles a seller finds his one faster by typing.
const SEARCH_ABOVE = 8;
const SERVER_LIMIT = 20;

export class IssueDialog extends Component {
    static template = "customer_card.IssueDialog";
    static components = { Dialog, RecipientPicker };
    static props = {
        claim: Object,
        bookings: Set, // what is being booked or is booked, for whoever opened the dialog
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.till = useService("customer_card.till");
        // One key for the life of the dialog: a double click or a repeat after a lost answer books once.
        this.key = `issue:${this.props.claim.event_id}:${uuid()}`;
        this.state = useState({
            counter: 0,
            productId: false,
            lotId: false,
            query: "",
            found: false,
            quantity: 1,
            purpose: false,
            recipient: false,
            booked: {},
            busy: false,
            unsure: false,
            error: "",
        });
        this.quantityRef = useRef("quantity");
        this.searchRef = useRef("search");
        this.footerRef = useRef("footer");
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

    /** What this counter issued since the card was inserted; one issue of each, the next needs the card. */
    get issued() {
        return this.state.booked[this.counter.allowance_id];
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

    /** One serial number is one piece. */
    get single() {
        return this.product?.tracking === "serial";
    }

    get canConfirm() {
        const lotKnown = !this.product?.lots || this.state.lotId;
        return !this.state.busy && !this.issued && this.product && lotKnown && this.state.quantity > 0;
    }

    /** One button, or one for each purpose; of an issue that may be booked only the same once more. */
    get confirmations() {
        const { busy, purpose, unsure } = this.state;
        if (busy || unsure) {
            return [[purpose, busy ? _t("Booking…") : _t("Repeat")]];
        }
        const { purposes } = this.props.claim;
        return purposes?.length ? purposes : [[false, _t("Issue")]];
    }

    get cancelLabel() {
        return Object.keys(this.state.booked).length ? _t("Done") : _t("Cancel");
    }

    remaining(counter) {
        return counter.unlimited ? _t("unlimited") : _t("%s left", counter.remaining);
    }

    /** Tells the counters of one program apart. */
    detail({ line, products }) {
        return line || (products.length === 1 ? products[0].name : "");
    }

    lotLabel({ name, expires, free }) {
        if (expires) {
            return _t("%(name)s (until %(expires)s, %(free)s in stock)", { name, expires, free });
        }
        return _t("%(name)s (%(free)s in stock)", { name, free });
    }

    /** Typing and Enter go where the seller is expected next; disabled inputs have lost the focus. */
    focusNext() {
        const input = this.product ? this.quantityRef.el : this.searchRef.el;
        const button = this.footerRef.el?.querySelector(this.issued ? "[name=cancel]" : "[type=submit]");
        const target = this.state.unsure || this.issued ? button : input;
        target?.focus();
        target?.select?.();
    }

    chooseCounter(index) {
        const { products } = this.counters[index];
        Object.assign(this.state, { counter: index, quantity: 1, query: "", found: false, error: "" });
        this.setProduct(products.length === 1 ? products[0] : undefined);
    }

    setProduct(product) {
        this.state.productId = product?.id || false;
        this.state.lotId = product?.lots?.[0]?.id || false;
        this.state.quantity = this.single ? 1 : this.state.quantity;
    }

    chooseProduct(product) {
        this.setProduct(product);
        this.quantityRef.el.focus();
        this.quantityRef.el.select();
    }

    chooseLot(ev) {
        this.state.lotId = Number(ev.target.value);
        this.quantityRef.el.focus();
        this.quantityRef.el.select();
    }

    chooseRecipient(recipient) {
        this.state.recipient = recipient;
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
            screen: this.till.state.till?.secret,
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

    onSubmit(ev) {
        // Enter means the first button.
        return this.confirm(ev.submitter?.value || this.confirmations[0][0]);
    }

    async confirm(purpose) {
        if (!this.canConfirm) {
            return;
        }
        const { allowance_id } = this.counter;
        Object.assign(this.state, { busy: true, error: "", purpose });
        const booking = this.orm.silent.call("customer.card.event", "issue", [], {
            event_id: this.props.claim.event_id,
            allowance_id,
            product_id: this.product.id,
            quantity: Number(this.state.quantity),
            key: `${this.key}:${allowance_id}`,
            screen: this.till.state.till?.secret,
            ...(purpose && { purpose, recipient_id: this.state.recipient?.id || false }),
            ...(this.state.lotId && { lot_id: this.state.lotId }),
        });
        this.props.bookings.add(booking);
        try {
            this.onIssued(allowance_id, await booking);
        } catch (error) {
            this.onRefused(booking, error);
        }
    }

    /** The dialog stays only while another counter of the card may be wanted, too. */
    onIssued(allowanceId, { message }) {
        this.state.booked[allowanceId] = message;
        if (this.counters.every((counter) => this.state.booked[counter.allowance_id])) {
            this.props.close();
            return;
        }
        Object.assign(this.state, { busy: false, unsure: false });
    }

    /** Only a lost answer leaves open whether it was booked: then nothing but the same may be repeated. */
    onRefused(booking, error) {
        this.props.bookings.delete(booking);
        this.state.busy = false;
        this.state.unsure = error instanceof ConnectionLostError;
        this.state.error = this.state.unsure
            ? _t("No answer from the server. It is safe to repeat: nothing is booked twice.")
            : error.data?.message || _t("The issue could not be booked.");
    }
}
