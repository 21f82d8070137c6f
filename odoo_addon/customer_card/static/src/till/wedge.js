/** Card codes from a scanner that types like a keyboard: presented at the till of this screen. */
import { registry } from "@web/core/registry";

// The alphabet of our codes, without I, O, Y and Z; a scanner may type them with Caps Lock on.
const CODE = /K1\.[0-9A-HJ-NP-X]{28}(?![0-9A-Z])|K2\.[0-9A-HJ-NP-X]{34}(?![0-9A-Z])/i;

/** Return the card code within *text*, or an empty text. */
export function cardCode(text) {
    return CODE.exec(text || "")?.[0].toUpperCase() || "";
}

export const wedgeService = {
    dependencies: ["barcode", "customer_card.till"],

    start(env, { barcode, "customer_card.till": till }) {
        barcode.bus.addEventListener("barcode_scanned", ({ detail }) => {
            const code = cardCode(detail.barcode);
            if (code) {
                till.scanned(code);
            }
        });
    },
};

registry.category("services").add("customer_card.wedge", wedgeService);
