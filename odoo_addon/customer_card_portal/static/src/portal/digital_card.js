/** Keeps the code on the customer's phone fresh; an old one is hidden, since it opens nothing. */
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const AGAIN_AFTER_MS = 3000;

export class DigitalCard extends Interaction {
    static selector = ".o_customer_card_digital";

    dynamicContent = {
        _document: { "t-on-visibilitychange": () => document.hidden || this.refresh() },
        ".o_customer_card_code": { "t-att-class": () => ({ opacity_25: this.isOld }) },
        ".o_customer_card_offline": { "t-att-class": () => ({ "d-none": !this.isOld }) },
    };

    setup() {
        this.isOld = false;
    }

    start() {
        this.plan(Number(this.el.dataset.seconds) * 1000);
        navigator.wakeLock?.request("screen").catch(() => {});
    }

    plan(delay) {
        clearTimeout(this.timer);
        this.timer = this.waitForTimeout(() => this.refresh(), delay);
    }

    async refresh() {
        try {
            const response = await this.waitFor(fetch(`${this.el.dataset.url}/code`));
            if (!response.ok) {
                throw new Error(response.statusText);
            }
            const { code, seconds } = await this.waitFor(response.json());
            this.el.querySelector(".o_customer_card_code").src = code;
            this.isOld = false;
            this.plan(seconds * 1000);
        } catch {
            this.isOld = true;
            this.plan(AGAIN_AFTER_MS);
        }
        this.updateContent();
    }
}

registry.category("public.interactions").add("customer_card.digital_card", DigitalCard);
