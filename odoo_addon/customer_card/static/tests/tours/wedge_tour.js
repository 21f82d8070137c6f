/** A scanner types a card's code; the issue dialog opens as if the card were in the reader. */
import { registry } from "@web/core/registry";
import { pairWith } from "./till_steps";

function scan(text) {
    return {
        content: `Scan ${text}`,
        trigger: "body:not(.modal-open)",
        run() {
            document.activeElement?.blur();
            for (const key of [...text, "Enter"]) {
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            }
        },
    };
}

registry.category("web_tour.tours").add("customer_card_wedge", {
    steps: () => [
        scan(`K1.${"0".repeat(28)}`),
        { content: "Not paired", trigger: ".o_notification:contains(Pair this screen)" },
        ...pairWith("Counter 1"),
        scan("4006381333931"),
        scan(`k1.${"0".repeat(28)}`),
        { content: "The issue dialog", trigger: ".o_customer_card_issue:contains(Karl Berg)" },
    ],
});
