/** A scanner types a card's code; the issue dialog opens as if the card were in the reader. */
import { registry } from "@web/core/registry";
import { CAPS_LOCK, LAYOUTS, altStrokes, strokesOf } from "./keyboard_layouts";
import { pairWith } from "./till_steps";

const CODE = "K1.T97Q4MP2KA8M0C6L0P08W2WBT835"; // with letters that lie elsewhere on other keyboards

function typed(content, strokes) {
    return {
        content,
        trigger: "body:not(.modal-open)",
        run() {
            document.activeElement?.blur();
            for (const stroke of [...strokes, { key: "Enter", code: "Enter" }]) {
                document.body.dispatchEvent(new KeyboardEvent("keydown", { ...stroke, bubbles: true }));
            }
        },
    };
}

function scan(text) {
    return typed(
        `Scan ${text}`,
        Array.from(text, (key) => ({ key }))
    );
}

const issued = (how) => [
    { content: `The issue dialog: ${how}`, trigger: ".o_customer_card_issue:contains(Karl Berg)" },
    { content: "Close it", trigger: ".modal .btn-close", run: "click" },
    { content: "It is closed", trigger: "body:not(:has(.o_customer_card_issue))" },
];

const layouts = () =>
    Object.keys(LAYOUTS).flatMap((computer) =>
        [...new Set(["us", computer])].flatMap((scanner) =>
            [false, CAPS_LOCK].flatMap((caps) => {
                const how = `scanner ${scanner}, computer ${computer}${caps ? ", Caps Lock" : ""}`;
                return [typed(`Scan: ${how}`, strokesOf(CODE, scanner, computer, caps)), ...issued(how)];
            })
        )
    );

const device = () => odoo.__WOWL_DEBUG__.root.env.services["customer_card.device"];

function chooseInMenu(symbol) {
    return [
        { content: "Open the till menu", trigger: ".o_customer_card_till", run: "click" },
        { content: "Choose", trigger: `.o-dropdown-item:has(.${symbol})`, run: "click" },
    ];
}

/** A phone with Web NFC, which this browser is not. */
function holdToDevice(content, records) {
    return { content, trigger: "body:not(.modal-open)", run: () => void window.customerCardNfc.onreading({ message: { records } }) };
}

function data(text) {
    const bytes = Uint8Array.from(Array.from(text).flatMap((sign) => [0, sign.charCodeAt()]));
    return new DataView(bytes.buffer);
}

const nfc = () => [
    {
        content: "This device has NFC",
        trigger: ".o_customer_card_till",
        run() {
            window.NDEFReader = class {
                async scan() {
                    window.customerCardNfc = this;
                }
            };
            device().state.nfc = true;
        },
    },
    ...chooseInMenu("o_customer_card_nfc"),
    { content: "It listens", trigger: ".o_customer_card_till:not(.show)", run: () => device().state.listens || console.error("no NFC") },
    holdToDevice("A card of others", [{ recordType: "url", data: data("https://example.com") }]),
    { content: "Not ours", trigger: ".o_notification:contains(carries no code of ours)" },
    holdToDevice("Our card in a poster", [
        { recordType: "smart-poster", toRecords: () => [{ recordType: "text", encoding: "utf-16be", data: data(CODE) }] },
    ]),
    ...issued("NFC"),
];

registry.category("web_tour.tours").add("customer_card_wedge", {
    steps: () => [
        scan(CODE),
        { content: "Not paired", trigger: ".o_notification:contains(Pair this screen)" },
        ...pairWith("Counter 1"),
        scan("4006381333931"),
        scan(CODE.toLowerCase()),
        ...issued("characters"),
        ...layouts(),
        typed("Scan: Alt codes", altStrokes(CODE)),
        ...issued("Alt codes"),
        ...nfc(),
        scan('k=:=!"\u00a7$%&/()=!"\u00a7$%&/()=!"\u00a7$%&/()='),
        { content: "It says why", trigger: ".o_notification:contains(set the scanner to the US keyboard layout)" },
        scan(CODE.slice(0, 20)),
        { content: "Half a code", trigger: ".o_notification:contains(Scan it again)" },
    ],
});
