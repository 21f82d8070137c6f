/** Card codes from a scanner that types like a keyboard: presented at the till of this screen. */
import { barcodeService } from "@barcodes/barcode_service";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Strokes } from "./strokes";

// The alphabet of our codes, without I, O, Y and Z; a scanner may type them with Caps Lock on.
const CODE = /K1\.[0-9A-HJ-NP-X]{28}(?![0-9A-Z])|K2\.[0-9A-HJ-NP-X]{34}(?![0-9A-Z])/i;
// More of a code than an article's number has, and less than all of it.
const PART = /(?<![0-9A-Z])K[12]\.[0-9A-Z]{12}/i;
// A whole code in the signs of another keyboard, from a computer that does not tell which keys they were.
const GARBLED = /^K[^0-9A-Z\s]{2}\S{28,34}$/i;

/** Point of Sale hands over what was typed a second time, in the same moment. */
const SAME_MOMENT_MS = 200;

const strokes = new Strokes(barcodeService.maxTimeBetweenKeysInMs);

/** Return the card code within *text*, or an empty text. */
export function cardCode(text) {
    return CODE.exec(text || "")?.[0].toUpperCase() || "";
}

/**
 * What a scanner has just typed: the characters, or what its keys are where the layout of the computer
 * or Caps Lock made other characters of them.
 *
 * @returns {{code: string, ours: boolean}} the card code or an empty text; whether this is no article's code
 */
export function cardScan(text = "") {
    const readings = [text, ...strokes.readings()];
    const code = readings.map(cardCode).find(Boolean) || "";
    return { code, ours: Boolean(code) || GARBLED.test(text) || readings.some((reading) => PART.test(reading)) };
}

let take = () => {};

/** Present what a scanner or a camera of Point of Sale has read. @returns {boolean} is it no article's code? */
export function takeScan(text) {
    const { code, ours } = cardScan(text);
    if (ours) {
        take(code);
    }
    return ours;
}

export const wedgeService = {
    dependencies: ["barcode", "customer_card.till"],

    start(env, { barcode, "customer_card.till": till }) {
        window.addEventListener("keydown", (ev) => strokes.add(ev), { capture: true });
        let last = { code: "", at: 0 };
        take = (code) => {
            const at = Date.now();
            if (code === last.code && at - last.at < SAME_MOMENT_MS) {
                return;
            }
            last = { code, at };
            if (code) {
                till.scanned(code);
                return;
            }
            till.show(
                _t(
                    "The scanner typed a card code that cannot be read. Scan it again. If it stays so, set the scanner to the US keyboard layout and switch Caps Lock off."
                ),
                { type: "warning" }
            );
        };
        barcode.bus.addEventListener("barcode_scanned", ({ detail }) => {
            takeScan(detail.barcode);
            strokes.end();
        });
    },
};

registry.category("services").add("customer_card.wedge", wedgeService);
