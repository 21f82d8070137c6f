/** Lets the till's reader write the next card, and follows what becomes of it. */
import { onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const NOTIFICATION = "customer_card.encoding";
const MODEL = "customer.card.encoding";
const WAIT_S = 180;
/** A message may get lost with the connection: the server is asked now and then as well. */
const ASK_EVERY_S = 3;

/**
 * @param {string} method of customer.card.encoding: "request" or "request_new"
 * @param {number} id of the card or the customer
 * @param {(written: {card_id: number, number: string}) => void} onWritten
 * @returns {object} reactive: `phase` is asking, waiting, writing, failed, written, ended or off;
 *      `message` the sentence for the seller, `seconds` what is left of the three minutes
 */
export function useCardWriting(method, id, onWritten) {
    const orm = useService("orm");
    const bus = useService("bus_service");
    const till = useService("customer_card.till");
    const state = useState({ phase: "asking", message: "", seconds: WAIT_S, start, stop });
    let encodingId = false;
    let timer;

    async function start() {
        const secret = till.state.till?.secret;
        if (!secret) {
            Object.assign(state, {
                phase: "off",
                message: _t("This screen is paired with no till. Pair it at the card symbol first."),
            });
            return;
        }
        Object.assign(state, { phase: "asking", message: "", seconds: WAIT_S });
        try {
            const answer = await orm.silent.call(MODEL, method, [id, secret]);
            encodingId = answer.encoding_id;
            Object.assign(state, { phase: "waiting", message: answer.message });
            timer = browser.setInterval(tick, 1000);
        } catch (error) {
            const message = error.data?.message || _t("No connection to the server.");
            Object.assign(state, { phase: "off", message });
        }
    }

    /** Give up; the server keeps what a reader has written meanwhile. */
    async function stop(message) {
        browser.clearInterval(timer);
        const open = encodingId;
        encodingId = false;
        if (message) {
            Object.assign(state, { phase: "ended", message });
        }
        if (open) {
            await orm.silent.call(MODEL, "cancel", [open]).catch(() => {});
        }
    }

    function tick() {
        state.seconds -= 1;
        if (state.seconds <= 0) {
            stop(_t("No card came within three minutes."));
        } else if (state.seconds % ASK_EVERY_S === 0) {
            askServer();
        }
    }

    async function askServer() {
        const asked = encodingId;
        const rows = await orm.silent
            .searchRead(MODEL, [["id", "=", asked]], ["state", "card_id"])
            .catch(() => []);
        if (asked === encodingId && rows[0]?.state === "written") {
            const [card_id, number] = rows[0].card_id;
            written({ card_id, number, message: _t("Card %s is ready.", number) });
        }
    }

    function written({ card_id, number, message }) {
        browser.clearInterval(timer);
        encodingId = false;
        Object.assign(state, { phase: "written", message });
        onWritten({ card_id, number });
    }

    function onMessage(payload) {
        if (!encodingId || payload.encoding_id !== encodingId) {
            return;
        }
        if (payload.state === "written") {
            written(payload);
        } else if (payload.state === "ended") {
            browser.clearInterval(timer);
            encodingId = false;
            Object.assign(state, { phase: "ended", message: payload.message });
        } else {
            Object.assign(state, { phase: payload.state, message: payload.message });
        }
    }

    bus.subscribe(NOTIFICATION, onMessage);
    onWillStart(start);
    onWillDestroy(() => {
        bus.unsubscribe(NOTIFICATION, onMessage);
        stop();
    });
    return state;
}
