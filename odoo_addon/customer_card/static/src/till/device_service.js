/**
 * What this device itself can read cards with: Web NFC (Chrome on Android). No reader program is needed; the codes
 * go the way of a scanner that types (EX-16).
 */
import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { cardCode } from "./wedge";

/** @returns {string[]} what the text and address records of a message say, posters included */
export function textsOf({ records = [] }) {
    return records.flatMap((record) => {
        if (record.recordType === "smart-poster") {
            return textsOf({ records: record.toRecords() || [] });
        }
        const isText = ["text", "url", "absolute-url"].includes(record.recordType);
        if (!record.data || !(isText || record.mediaType?.startsWith("text/plain"))) {
            return [];
        }
        // The browser has taken the language off, and says which encoding the record has.
        return [new TextDecoder(record.encoding || "utf-8").decode(record.data)];
    });
}

export const deviceService = {
    dependencies: ["customer_card.till"],

    start(env, { "customer_card.till": till }) {
        const state = reactive({
            nfc: "NDEFReader" in window,
            listens: false,
        });

        function present(texts) {
            const code = texts.map(cardCode).find(Boolean);
            if (code) {
                return till.scanned(code, "rfid");
            }
            till.show(_t("This card carries no code of ours. Use the card reader of the till."), { type: "warning" });
        }

        /** Browsers ask for leave at a click, and listen as long as this page is in front. */
        async function startNfc() {
            try {
                const reader = new window.NDEFReader();
                reader.onreading = ({ message }) => present(textsOf(message));
                reader.onreadingerror = () =>
                    till.show(_t("The card could not be read. Hold it to the device again."), { type: "warning" });
                await reader.scan();
                state.listens = true;
            } catch (error) {
                till.show(_t("This device reads no cards: %s", error.message), { type: "warning" });
            }
        }

        async function startIfAllowed() {
            const leave = await browser.navigator.permissions.query({ name: "nfc" });
            if (leave.state === "granted") {
                await startNfc();
            }
        }

        if (state.nfc && till.state.till) {
            startIfAllowed().catch(() => {}); // then the click asks
        }
        return { state, startNfc };
    },
};

registry.category("services").add("customer_card.device", deviceService);
