/* global posmodel */
import * as PosHr from "@pos_hr/../tests/tours/utils/pos_hr_helpers";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as SelectionPopup from "@point_of_sale/../tests/generic_helpers/selection_popup_util";
import { negate } from "@point_of_sale/../tests/generic_helpers/utils";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Utils from "@point_of_sale/../tests/generic_helpers/utils";
import {
    add,
    choose,
    goToPayment,
    isSaid,
    isTotal,
    payNothing,
    present,
    tour,
} from "@customer_card_pos/../tests/tours/card_tour_util";

const LOCKED = ".login-overlay .open-register-btn";

function pair() {
    return [
        {
            content: "the screen belongs to Theke 1",
            trigger: LOCKED,
            async run() {
                const till = posmodel.env.services["customer_card.till"];
                const [{ id }] = (await till.tills()).filter(({ name }) => name === "Theke 1");
                await till.pair(id);
            },
        },
        { trigger: ".o_customer_card_badge_hint:contains(Theke 1)" },
    ];
}

function badge(number) {
    return present(number, { on: ".pos", wait: false });
}

function isCashier(name) {
    return {
        content: `${name} is the cashier`,
        trigger: `.product-screen, .payment-screen`,
        async run() {
            for (let tries = 50; tries && posmodel.cashier?.name !== name; tries--) {
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
            if (posmodel.cashier?.name !== name) {
                throw new Error(`the cashier is ${posmodel.cashier?.name}`);
            }
        },
    };
}

function isLocked(by = LOCKED) {
    return [
        {
            content: "nobody is the cashier, also for the browser's memory",
            trigger: by,
            run() {
                if (posmodel.cashier || posmodel._getConnectedCashier()) {
                    throw new Error("somebody still is the cashier");
                }
            },
        },
    ];
}

/** Nobody touched anything for so many minutes; the watch itself notices within a second. */
function rest(minutes) {
    return {
        content: `${minutes} minutes pass`,
        trigger: ".pos",
        run() {
            const ago = Date.now() - minutes * 60000;
            localStorage.setItem("customer_card.last_use", ago);
            posmodel.badgeWatch.last = ago;
        },
    };
}

function removeBadge() {
    return {
        content: "the badge leaves the reader",
        trigger: ".pos",
        run: () => posmodel.onBadgeRemoved({ event_id: posmodel.badgeEventId }),
    };
}

/** By touch: a till has no keyboard. */
function typePin(pin) {
    return [
        ...[...pin].map((key) => ({
            trigger: `.o_customer_card_pin_keys button:contains("${key}")`,
            run: "click",
        })),
        { trigger: ".modal-footer .btn-primary", run: "click" },
    ];
}

function open() {
    return [pair(), badge("8001"), Dialog.confirm(), isCashier("Sabine Verkauf")];
}

tour("customer_card_pos_hr_login", () => [
    open(),
    isSaid("Sabine Verkauf"),
    add("Batterie 10"),
    badge("8002"),
    isCashier("Otto Lager"),
    isTotal("10,00"),
    badge("8003"),
    isSaid("Paul Fremd"),
    isCashier("Otto Lager"),
    Utils.refresh(),
    isCashier("Otto Lager"),
    isTotal("10,00"),
    removeBadge(),
    isLocked(),
    { content: "Odoo's own login, without badge", trigger: LOCKED, run: "click" },
    ...PosHr.login("Sabine Verkauf"),
    isSaid("Sabine Verkauf hat keine PIN"),
    isLocked(".login-overlay .select-cashier"),
    ...PosHr.login("Otto Lager", "2580"),
    isCashier("Otto Lager"),
    PosHr.clickCashierName(),
    SelectionPopup.has("Sabine Verkauf", { run: "click" }),
    isSaid("Sabine Verkauf hat keine PIN"),
    isCashier("Otto Lager"),
    PosHr.clickLockButton(),
    isLocked(),
    badge("8004"),
    typePin("0815"),
    { trigger: ".modal:contains(Berta Chip) .alert" },
    typePin("4711"),
    isCashier("Berta Chip"),
    isTotal("10,00"),
]);

/** The register's button and Odoo's own ways in, called as its components call them. */
function opensNothing() {
    return [
        { trigger: LOCKED, run: "click" },
        isSaid("Nur mit der Mitarbeiterkarte"),
        { trigger: negate(".select-cashier") },
        {
            content: "no name, PIN or saved cashier opens it",
            trigger: LOCKED,
            run() {
                const otto = posmodel.models["hr.employee"].find(({ _pin }) => _pin);
                posmodel.setCashier(otto);
                posmodel.navigate("ProductScreen");
            },
        },
        isLocked(),
    ];
}

tour("customer_card_pos_hr_badge_only", () => [
    pair(),
    opensNothing(),
    badge("8001"),
    Dialog.confirm(),
    isCashier("Sabine Verkauf"),
    PosHr.clickCashierName(),
    isSaid("Nur mit der Mitarbeiterkarte"),
    isCashier("Sabine Verkauf"),
    badge("8002"),
    isCashier("Otto Lager"),
    PosHr.clickLockButton(),
    opensNothing(),
    badge("8004"),
    typePin("4711"),
    isCashier("Berta Chip"),
]);

tour("customer_card_pos_hr_idle", () => [
    open(),
    add("Batterie 10"),
    rest(4),
    { trigger: ".product-screen", run: () => new Promise((resolve) => setTimeout(resolve, 1500)) },
    isCashier("Sabine Verkauf"),
    rest(5),
    isLocked(),
    Utils.refresh(),
    isLocked(),
    badge("8002"),
    isCashier("Otto Lager"),
    isTotal("10,00"),
    {
        content: "the first touch does not lock again",
        trigger: ".product-screen",
        run: () => window.dispatchEvent(new MouseEvent("mousemove")),
    },
    isCashier("Otto Lager"),
    goToPayment(),
    PaymentScreen.clickPaymentMethod("Cash"),
    rest(5),
    { trigger: ".payment-screen", run: () => new Promise((resolve) => setTimeout(resolve, 1500)) },
    { trigger: ".payment-screen .paymentline" },
    rest(7),
    isLocked(),
    badge("8001"),
    { trigger: ".payment-screen .paymentline" },
    PaymentScreen.clickValidate(),
    { trigger: ".receipt-screen" },
]);


tour("customer_card_pos_hr_meal", () => [
    open(),
    badge("8003"),
    choose(1),
    isSaid("Paul Fremd"),
    { trigger: '.o_customer_card_meal:contains("Paul Fremd")' },
    isCashier("Sabine Verkauf"),
    add("Suppe"),
    isTotal("0,00"),
    ProductScreen.clickDisplayedProduct("Batterie 10"),
    isSaid("Batterie 10"),
    isTotal("0,00"),
    goToPayment(),
    payNothing(),
]);
