/**
 * The screen's side of a till: hears of presented cards, claims each one once, opens the right thing.
 *
 * Runs in the backend and in Point of Sale, so it may use services of web's core only. Handlers are
 * looked up in the registry category "customer_card.actions": `async (env, claim)` which returns what
 * the reader may say about the outcome, or `false` when the server knows the outcome already.
 */
import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { TILL_KEY, channelOf } from "./keys";
import { ReaderState } from "./reader_state";

const NOTIFICATION = "customer_card.event";
const MAX_AGE_MS = 10000;
const SHOWN_MS = 8000;

/**
 * How long this page leaves a presented card to a page that suits it better.
 *
 * The page the seller looks at wins; only a card meant for Point of Sale goes to a hidden POS tab
 * first, because a second POS session in the backend's tab would help nobody.
 *
 * @returns {number} milliseconds
 */
export function claimDelay(action, page, visible) {
    if (action === "pos") {
        return (page === "pos" ? 0 : 700) + (visible ? 0 : 400);
    }
    if (action === "login") {
        return visible ? 0 : 700; // a badge is for the screen its holder looks at
    }
    return (page === "backend" ? 0 : 250) + (visible ? 0 : 700);
}

export const tillService = {
    dependencies: ["bus_service", "dialog", "notification", "orm"],

    start(env, { bus_service: bus, notification, orm }) {
        const handlers = registry.category("customer_card.actions");
        const page = "pos_config_id" in odoo ? "pos" : "backend";
        // reader: connected, disconnected, busy, unknown, or offline, deaf: no card can reach this screen
        const state = reactive({ till: false, reader: "unknown", warnings: [] });
        const seen = new Set();
        const reader = new ReaderState({ bus, orm }, state, {
            onUnpaired,
            onRenewed: (secret) => store({ ...state.till, secret }),
            // Beside what a card said, which show() would close.
            onWarning: (text) =>
                notification.add(text, { title: state.till?.name, type: "warning", autocloseDelay: SHOWN_MS }),
            onTrouble: (text) => {
                closeTrouble();
                closeTrouble = text
                    ? notification.add(text, { title: state.till?.name, type: "warning", sticky: true })
                    : () => {};
            },
        });
        let closeLastMessage = () => {};
        let closeRefusal = () => {};
        let closeTrouble = () => {};

        function show(message, { type = "info", sticky = type !== "info" && type !== "success", buttons = [] } = {}) {
            if (!message) {
                return;
            }
            closeLastMessage();
            closeLastMessage = notification.add(message, {
                title: state.till?.name || _t("Customer card"),
                type,
                sticky,
                buttons,
                autocloseDelay: SHOWN_MS,
            });
        }

        function ageMs(event) {
            const since = event.at ? Date.now() + reader.serverAheadMs - event.at * 1000 : 0;
            return Math.max(since, event.age_ms || 0);
        }

        /** True for the first tab of this browser that asks, so that a sentence is shown once. */
        function takeMessage(eventId) {
            const key = "customer_card.shown";
            if (Number(browser.localStorage.getItem(key)) === eventId) {
                return false;
            }
            browser.localStorage.setItem(key, eventId);
            return true;
        }

        async function onEvent(event) {
            if (!state.till || seen.has(event.id) || ageMs(event) > MAX_AGE_MS) {
                return;
            }
            seen.add(event.id);
            reader.set("connected"); // who hears of a card need not ask
            const visible = document.visibilityState === "visible";
            if (event.action === "message") {
                await wait(visible ? 0 : 400);
                if (takeMessage(event.id)) {
                    show(event.message, { type: event.kind === "warning" ? "warning" : "info" });
                }
                return;
            }
            await wait(claimDelay(event.action, page, visible));
            try {
                const claim = await orm.silent.call("customer.card.event", "claim", [], {
                    event_id: event.id,
                    page,
                    screen: state.till?.secret,
                });
                if (claim) {
                    await run(claim);
                }
            } catch (error) {
                show(error.data?.message || _t("The card could not be read: no connection to the server. Please insert it again."), { type: "danger" });
            }
        }

        /** Present a code that this screen's scanner, camera or NFC has read ("qr" or "rfid"), which then need not wait for the bus. */
        async function scanned(text, medium = "qr") {
            const { secret } = state.till || {};
            const key = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join("");
            try {
                const answer = secret && (await orm.silent.call("customer.till", "screen_scanned", [], { screen: secret, text, key, medium }));
                if (answer) {
                    const { event_id: id, action, message } = answer;
                    await onEvent({ id, action: action || "message", message, kind: action ? "info" : "warning" });
                } else {
                    show(_t("Pair this screen with a till first, at the card symbol above. Then scan the card again."), { type: "warning" });
                }
            } catch (error) {
                show(error.data?.message || _t("The card could not be read: no connection to the server. Please scan it again."), { type: "danger" });
            }
        }

        async function run(claim) {
            closeLastMessage();
            closeRefusal();
            if (claim.refusal) {
                // Stays beside what the handler says: the card opens its customer all the same.
                closeRefusal = notification.add(claim.refusal, {
                    title: state.till?.name,
                    type: "warning",
                    sticky: true,
                });
            }
            const handler = handlers.get(claim.action, null) || handlers.get("customer");
            const outcome = await handler(env, claim);
            if (outcome !== false) {
                await orm.silent.call("customer.card.event", "done", [], {
                    event_id: claim.event_id,
                    message: outcome || "",
                    screen: state.till?.secret,
                });
            }
        }

        function onUnpaired(secret) {
            if (stored()?.secret === secret) {
                const { name } = state.till;
                store(false);
                show(_t("This screen is no longer paired with %s. Pair it again at the card symbol above.", name), {
                    type: "warning",
                    sticky: false, // it would cover the menu it points to
                });
            }
        }

        function stored() {
            try {
                return JSON.parse(browser.localStorage.getItem(TILL_KEY)) || false;
            } catch {
                return false;
            }
        }

        function store(till) {
            if (till) {
                browser.localStorage.setItem(TILL_KEY, JSON.stringify(till));
            } else {
                browser.localStorage.removeItem(TILL_KEY);
            }
            listen();
        }

        /** Follow what localStorage says, also when another tab of this browser has changed it. */
        function listen() {
            const till = stored();
            if (till && !till.secret) {
                pair(till.id).catch(() => {}); // paired before screens had secrets; a seller's page does it
                return;
            }
            if (state.till?.secret === till?.secret) {
                return;
            }
            const before = state.till;
            if (before) {
                bus.deleteChannel(channelOf(before));
            }
            state.till = till;
            if (till) {
                bus.addChannel(channelOf(till));
            }
            if (before?.id !== till?.id) {
                reader.restart();
            }
        }

        async function pair(tillId) {
            reader.forgetWarnings();
            const screen = state.till?.secret;
            const paired = { till_id: tillId, ...(screen && { screen }) };
            store(await orm.call("customer.till", "pair_screen", [], paired));
        }

        async function unpair() {
            const screen = state.till?.secret;
            store(false);
            if (screen) {
                await orm.silent.call("customer.till", "unpair_screen", [], { screen });
            }
        }

        bus.subscribe(NOTIFICATION, onEvent);
        browser.addEventListener("storage", (ev) => {
            if (ev.key === TILL_KEY) {
                listen();
            }
        });
        listen();

        return {
            state,
            show,
            /** @returns {string} the reader's state in words, for the symbol and its menu */
            readerText: () => reader.text,
            receive: onEvent,
            scanned,
            refresh: () => reader.ask(),
            tills: () => orm.call("customer.till", "screen_tills", []),
            pair,
            unpair,
        };
    },
};

function wait(delay) {
    return new Promise((resolve) => browser.setTimeout(resolve, delay));
}

registry.category("services").add("customer_card.till", tillService);
