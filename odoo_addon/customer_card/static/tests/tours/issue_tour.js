/** The issue dialog: refused, confirmed once, cancelled. */
import { registry } from "@web/core/registry";
import { ensure, pairWith, present } from "./till_steps";

const DIALOG = ".o_customer_card_issue";

registry.category("web_tour.tours").add("customer_card_issue", {
    steps: () => [
        ...pairWith("Theke 1"),
        present("04ISSUE"),
        { content: "The customer is named", trigger: `${DIALOG}:contains(Karl Berg)` },
        { content: "30 left", trigger: `${DIALOG} .o_customer_card_counter:contains(30 left)` },
        { content: "31 of 30", trigger: `${DIALOG} input[type=number]`, run: "edit 31" },
        { content: "Confirm", trigger: `${DIALOG} button[type=submit]`, run: "click" },
        { content: "Refused in the dialog", trigger: `${DIALOG} .o_customer_card_refusal:contains(Only 30 left)` },
        { content: "3 of 30", trigger: `${DIALOG} input[type=number]`, run: "edit 3" },
        {
            content: "Confirm twice in one breath",
            trigger: `${DIALOG} button[type=submit]:enabled`,
            run({ anchor }) {
                anchor.click();
                anchor.click();
            },
        },
        { content: "27 left", trigger: ".o_notification:contains(27 left)" },
        { content: "The dialog is gone", trigger: `body:not(:has(${DIALOG}))` },
        present("04ISSUE"),
        { content: "27 left in the dialog", trigger: `${DIALOG} .o_customer_card_counter:contains(27 left)` },
        { content: "Cancel with Esc", trigger: `${DIALOG} input[type=number]`, run: "press Escape" },
        { content: "The dialog is gone", trigger: `body:not(:has(${DIALOG}))` },
        present("04STRANGER"),
        { content: "An unknown card says so", trigger: ".o_notification:contains(Unknown card)" },
        present("04NOTHING"),
        { content: "Action nothing opens the customer", trigger: ".o_form_view input:value(Nadine Nichts), .o_form_view .o_field_widget[name=name]:contains(Nadine Nichts)" },
        ensure("no dialog for it", () => !document.querySelector(DIALOG)),
        ensure("an event of 11 seconds ago is dropped", async ({ services }) => {
            services["customer_card.till"].receive({
                id: 1,
                action: "message",
                message: "Too late",
                at: Date.now() / 1000 - 11,
            });
            await new Promise((resolve) => setTimeout(resolve, 600));
            return !document.body.textContent.includes("Too late");
        }),
    ],
});
