/** Branch card: the purpose is one click. Customer card: a lot, then a second counter, one insertion. */
import { registry } from "@web/core/registry";
import { ensure, pairWith, present } from "@customer_card/../tests/tours/till_steps";

const DIALOG = ".o_customer_card_issue";
const GONE = { content: "The dialog is gone", trigger: `body:not(:has(${DIALOG}))` };

registry.category("web_tour.tours").add("customer_card_stock_free_issue", {
    steps: () => [
        ...pairWith("Theke 1"),
        present("04BRANCH"),
        { content: "The branch is named", trigger: `${DIALOG}:contains(Filiale Nord)` },
        ensure("two purposes instead of one button", () => {
            const buttons = document.querySelectorAll(`${DIALOG} button[type=submit]`);
            return [...buttons].map((button) => button.textContent).join() === "Customer gift,Own use";
        }),
        { content: "One click on the purpose", trigger: `${DIALOG} button[type=submit]:contains(Own use)`, run: "click" },
        { content: "Booked", trigger: ".o_notification:contains(1 × Battery 10 issued)" },
        GONE,
        present("04BRANCH"),
        { content: "The recipient's name", trigger: `${DIALOG} .o_customer_card_recipient input`, run: "edit Brillen" },
        { content: "Found", trigger: `${DIALOG} .o_customer_card_recipients button:contains(Brillen Schmidt)`, run: "click" },
        { content: "Chosen", trigger: `${DIALOG} .o_customer_card_recipient_name:contains(Brillen Schmidt)` },
        { content: "Enter is the first purpose", trigger: `${DIALOG} input[type=number]`, run: "press Enter" },
        GONE,
    ],
});

registry.category("web_tour.tours").add("customer_card_stock_lots", {
    steps: () => [
        ...pairWith("Theke 1"),
        present("04LOTS"),
        { content: "The oldest lot is chosen", trigger: `${DIALOG} select:value(/./)` },
        ensure("the lots in stock, oldest first", () => {
            const options = document.querySelectorAll(`${DIALOG} option`);
            return (
                [...options].map((option) => option.textContent).join() ===
                    "L-old (4 in stock),L-new (6 in stock)" && options[0].selected
            );
        }),
        { content: "Another lot", trigger: `${DIALOG} select`, run: "selectByLabel L-new (6 in stock)" },
        { content: "Two pieces", trigger: `${DIALOG} input[type=number]`, run: "edit 2" },
        { content: "Confirm", trigger: `${DIALOG} button[type=submit]`, run: "click" },
        { content: "Booked, the dialog stays for the capsules", trigger: `${DIALOG} .o_customer_card_issued:contains(28 left)` },
        ensure("a second Enter would close, not book", () => document.activeElement.name === "cancel"),
        { content: "The capsules", trigger: `${DIALOG} .o_customer_card_counter:contains(Capsules)`, run: "click" },
        { content: "4 left of them", trigger: `${DIALOG} .o_customer_card_counter.active:contains(4 left)` },
        { content: "Enter", trigger: `${DIALOG} input[type=number]`, run: "press Enter" },
        { content: "Both are told", trigger: ".o_notification:contains(28 left):contains(3 left)" },
        GONE,
    ],
});
