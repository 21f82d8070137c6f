import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

function tour(name, steps) {
    registry.category("web_tour.tours").add(`customer_card_hr_${name}`, { steps: () => steps().flat() });
}

/** The test hands the browser's secret and the events over in the address. */
const given = (name) => new URLSearchParams(browser.location.search).get(name);

function pairLoginPage() {
    return {
        content: "this browser was paired with the till by a seller",
        trigger: "form.oe_login_form",
        run() {
            browser.localStorage.setItem(
                "customer_card.till",
                JSON.stringify({ id: 1, name: "Counter 1", secret: given("secret") })
            );
            browser.location.reload();
        },
        expectUnloadPage: true,
    };
}

/** What the bus would bring: the message of a badge that was put into the reader. */
function insertBadge({ event = "event", unload = false } = {}) {
    return {
        content: "the badge is put into the reader",
        trigger: ".o_customer_card_badge_login:not(.d-none) .o_badge_till:contains(Counter 1)",
        run() {
            const { interactions } = odoo.__WOWL_DEBUG__.root.env.services["public.interactions"];
            const page = interactions.map((one) => one.interaction).find((one) => one.onEvent && one.askPin);
            page.onEvent({ id: Number(given(event)), action: "login", at: Date.now() / 1000 });
        },
        expectUnloadPage: unload,
    };
}

function typePin(pin) {
    return [
        { trigger: ".o_badge_pin:not(.d-none) #badge_pin", run: `edit ${pin}` },
        { trigger: ".o_badge_pin_send", run: "click", expectUnloadPage: true },
    ];
}

tour("login_page", () => [
    pairLoginPage(),
    insertBadge({ unload: true }),
    { trigger: ".o_web_client .o_user_menu" },
]);

tour("login_page_pin", () => [
    pairLoginPage(),
    insertBadge({ event: "refused" }),
    { trigger: ".o_badge_message:not(.d-none):contains(password)" },
    insertBadge(),
    { trigger: ".o_badge_pin_label:contains(Sabine Verkauf)" },
    ...typePin("4711"),
    { trigger: ".o_web_client .o_user_menu" },
]);

/** The backend: Sabine works, Otto puts his badge in. */
function claimBadge(name, { unload = true } = {}) {
    return {
        content: "another badge is put into the reader",
        trigger: ".o_customer_card_till:contains(Counter 1)",
        run() {
            const services = odoo.__WOWL_DEBUG__.root.env.services;
            services["customer_card.till"].receive({
                id: Number(browser.localStorage.getItem(`test.${name}`)),
                action: "login",
                at: Date.now() / 1000,
            });
        },
        expectUnloadPage: unload,
    };
}

function pairBackend() {
    return {
        trigger: ".o_customer_card_till",
        async run() {
            // The address does not stay what it was.
            for (const name of ["event", "pos_open"]) {
                browser.localStorage.setItem(`test.${name}`, given(name));
            }
            await odoo.__WOWL_DEBUG__.root.env.services["customer_card.till"].pair(Number(given("till")));
        },
    };
}

function isUser(login) {
    return {
        content: `the screen is ${login}'s`,
        trigger: ".o_web_client .o_user_menu",
        run() {
            if (user.login !== login) {
                throw new Error(`the screen is ${user.login}'s`);
            }
        },
    };
}

/** The heartbeat of a point of sale in another tab. */
function posIsOpen(open) {
    return {
        trigger: ".o_customer_card_till",
        run: () => browser.localStorage.setItem("customer_card.pos_open", open ? Date.now() : 0),
    };
}

tour("switch", () => [
    isUser("sabine"),
    pairBackend(),
    posIsOpen(true),
    claimBadge("pos_open", { unload: false }),
    { trigger: ".o_notification:contains(point of sale is open)" },
    posIsOpen(false),
    claimBadge("event", { unload: false }),
    { trigger: ".modal #customer_card_pin_input", run: "edit 0815" },
    { trigger: ".modal-footer .btn-primary", run: "click" },
    { trigger: ".modal .alert" },
    { trigger: ".modal #customer_card_pin_input", run: "edit 4711" },
    { trigger: ".modal-footer .btn-primary", run: "click", expectUnloadPage: true },
    isUser("otto"),
]);

tour("idle", () => [
    pairBackend(),
    {
        content: "nobody uses the screen for five minutes",
        trigger: ".o_customer_card_till:contains(Counter 1)",
        run() {
            const { watch } = odoo.__WOWL_DEBUG__.root.env.services["customer_card_hr.badge_logoff"];
            const ago = Date.now() - 5 * 60000;
            browser.localStorage.setItem("customer_card.last_use", ago);
            watch.last = ago;
        },
        expectUnloadPage: true,
    },
    { trigger: "form.oe_login_form" },
]);
