/** Shows which till this screen belongs to and pairs it with one click. */
import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

export class TillSystray extends Component {
    static template = "customer_card.TillSystray";
    static components = { Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.till = useService("customer_card.till");
        this.paired = useState(this.till.state);
        this.state = useState({ allowed: false, tills: [] });
        onWillStart(async () => {
            this.state.allowed = await user.hasGroup("customer_card.group_user");
        });
    }

    get name() {
        return this.paired.till?.name || _t("Pair with till");
    }

    get readerText() {
        return {
            connected: _t("Card reader connected"),
            disconnected: _t("No card reader: check its cable and the reader program"),
            unknown: _t("Card reader: state unknown"),
        }[this.paired.reader];
    }

    get readerClass() {
        return `o_customer_card_reader_${this.paired.reader}`;
    }

    async load() {
        this.till.refresh();
        this.state.tills = await this.till.tills();
    }

    async pair(till) {
        if (till.id !== this.paired.till?.id) {
            await this.till.pair(till.id);
            this.till.show(_t("Cards inserted at %s now open on this screen.", till.name), { type: "success" });
        }
    }
}

registry.category("systray").add("customer_card.till", { Component: TillSystray }, { sequence: 30 });
