/**
 * Asks for the PIN of a badge, by keyboard or touch.
 *
 * The point of sale's own number pad takes what is typed fast for a barcode and shows it in clear.
 */
import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

const SHORTEST = 4;
const LONGEST = 12;

export class PinDialog extends Component {
    static template = "customer_card_hr.PinDialog";
    static components = { Dialog };
    static props = {
        title: String,
        error: { type: String, optional: true },
        enter: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ pin: "" });
        this.keys = [..."123456789"];
        this.input = useAutofocus({ refName: "pin" });
    }

    press(key) {
        this.state.pin = (this.state.pin + key).slice(0, LONGEST);
        this.input.el.focus();
    }

    back() {
        this.state.pin = this.state.pin.slice(0, -1);
        this.input.el.focus();
    }

    /** The button is never disabled: Enter after fast typing would come before it is enabled. */
    onSubmit() {
        if (this.state.pin.length < SHORTEST) {
            this.input.el.focus();
            return;
        }
        this.props.enter(this.state.pin);
        this.props.close();
    }
}

/** @returns {Promise<string>} what was typed; empty when the dialog was closed */
export function askPin(dialog, { holder }, { status, message }) {
    return new Promise((resolve) => {
        dialog.add(
            PinDialog,
            { title: holder, error: status === "again" ? message : "", enter: resolve },
            { onClose: () => resolve("") }
        );
    });
}
