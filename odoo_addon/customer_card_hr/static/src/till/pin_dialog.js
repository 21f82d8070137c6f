/** Asks for the PIN of a badge. */
import { Component, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

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
        this.input = useRef("pin");
        useAutofocus({ refName: "pin" });
    }

    onSubmit() {
        this.props.enter(this.state.pin);
        this.props.close();
    }
}
