/** Shows which till this screen belongs to and pairs it with one click; warns managers of a silent worker. */
import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

const HEALTH_EVERY_MS = 60000;

export class TillSystray extends Component {
    static template = "customer_card.TillSystray";
    static components = { Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.till = useService("customer_card.till");
        this.paired = useState(this.till.state);
        this.deviceReader = useService("customer_card.device");
        this.device = useState(this.deviceReader.state);
        this.orm = useService("orm");
        this.state = useState({ allowed: false, tills: [], workerSilent: false });
        let healthTimer;
        onWillStart(async () => {
            this.state.allowed = await user.hasGroup("customer_card.group_user");
            if (await user.hasGroup("customer_card.group_manager")) {
                this.checkHealth();
                healthTimer = browser.setInterval(() => this.checkHealth(), HEALTH_EVERY_MS);
            }
        });
        onWillUnmount(() => browser.clearInterval(healthTimer));
    }

    async checkHealth() {
        try {
            const health = await this.orm.silent.call("customer.till", "system_health", []);
            this.state.workerSilent = health.worker_silent;
        } catch {
            // No connection: Odoo says so itself, and the next check comes soon.
        }
    }

    get workerText() {
        return _t("The worker has been silent for more than a minute: stock moves and points wait until it runs again.");
    }

    get name() {
        return this.paired.till?.name || _t("Pair with till");
    }

    get readerText() {
        return this.paired.reader && this.till.readerText();
    }

    get readerClass() {
        const wrong = ["disconnected", "busy", "offline", "deaf"].includes(this.paired.reader);
        return `o_customer_card_reader_${this.paired.reader} ${wrong ? "fa-exclamation-circle" : "fa-circle"}`;
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
