/** The server's /websocket does not answer: the screen says so instead of "reader connected". */
import { registry } from "@web/core/registry";
import { pairWith } from "./till_steps";

registry.category("web_tour.tours").add("customer_card_deaf", {
    steps: () => [
        ...pairWith("Counter 1"),
        { content: "It is said", trigger: ".o_notification:contains(address /websocket does not answer)" },
        { content: "And shown", trigger: ".o_customer_card_reader_deaf" },
    ],
});
