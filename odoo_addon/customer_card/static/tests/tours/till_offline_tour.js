/** The till's symbol turns red when no card can come, and back; a warning is said once. */
import { registry } from "@web/core/registry";
import { ensure, pairWith } from "./till_steps";

const symbol = (state) => `.o_customer_card_till .o_customer_card_reader_${state}`;

function bus(event) {
    return {
        content: `The web socket says ${event}`,
        trigger: ".o_customer_card_till",
        run() {
            odoo.__WOWL_DEBUG__.root.env.services.bus_service.trigger(event);
        },
    };
}

registry.category("web_tour.tours").add("customer_card_offline", {
    steps: () => [
        ...pairWith("Counter 1"),
        { content: "The bridge has reported", trigger: symbol("connected") },
        { content: "What is missing is said", trigger: ".o_notification:contains(no scanner here)" },
        bus("BUS:DISCONNECT"),
        { content: "No card can come: red", trigger: symbol("offline"), timeout: 8000 },
        bus("BUS:RECONNECT"),
        { content: "It can again", trigger: symbol("connected") },
        {
            content: "The reader is unplugged",
            trigger: ".o_customer_card_till",
            async run() {
                const { services } = odoo.__WOWL_DEBUG__.root.env;
                await services.orm.call("customer.till", "heartbeat", [], { info: { readers: [] } });
                services["customer_card.till"].refresh();
            },
        },
        { content: "Red, too", trigger: symbol("disconnected") },
        { content: "Look at the menu", trigger: ".o_customer_card_till", run: "click" },
        { content: "The reason", trigger: ".o-dropdown--menu:contains(check its cable)" },
        { content: "The warning stays here", trigger: ".o-dropdown--menu:contains(no scanner here)" },
        ensure("the warning was said once", () => {
            const told = JSON.parse(localStorage.getItem("customer_card.warned"));
            return told.text === "There is no scanner here.";
        }),
    ],
});
