/* global posmodel */
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as NumberPopup from "@point_of_sale/../tests/generic_helpers/number_popup_util";
import * as Offline from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PartnerList from "@point_of_sale/../tests/pos/tours/utils/partner_list_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import { negate } from "@point_of_sale/../tests/generic_helpers/utils";
import { leaveHandover } from "@customer_card_pos/handover";
import { registry } from "@web/core/registry";

// The helpers find things without a text of Odoo's own, since the seller's screen is German.

export function tour(name, steps) {
    registry.category("web_tour.tours").add(name, { steps: () => steps().flat(Infinity) });
}

export function openRegister() {
    return [Chrome.startPoS(), Dialog.confirm()];
}

/** Pair this screen with the first till, as the backend's menu does. */
export function pair() {
    return {
        trigger: ".product-screen",
        async run() {
            const till = posmodel.env.services["customer_card.till"];
            await till.pair((await till.tills())[0].id);
        },
    };
}

/** A scanner types a code like a keyboard, and Point of Sale must not call it unknown. */
export function scan(text) {
    return {
        trigger: ".product-screen",
        run() {
            posmodel.env.services.barcode_reader.showNotFoundNotification = () => {
                console.error("A card is no unknown barcode");
            };
            document.activeElement?.blur();
            for (const key of [...text, "Enter"]) {
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            }
        },
    };
}

/** The camera of Point of Sale hands over what it sees as if it were an article's code. */
export function cameraSees(text) {
    return { trigger: ".product-screen", run: () => posmodel.barcodeReader.scan(text) };
}

export function chooseCustomer(name) {
    return [ProductScreen.clickPartnerButton(), ProductScreen.clickCustomer(name)];
}

/** Card forgotten: the customer list is searched by the number of the card. */
export function findCustomer(typed, name) {
    return [
        ProductScreen.clickPartnerButton(),
        { trigger: ".modal-dialog .input-group input", run: `edit ${typed}` },
        { trigger: negate('.partner-info:contains("Anna")', ".partner-list") },
        PartnerList.clickPartner(name),
    ];
}

export function isCustomer(name) {
    return { trigger: `.product-screen .set-partner:contains("${name}")` };
}

export function add(productName) {
    return [
        ProductScreen.clickDisplayedProduct(productName),
        Order.hasLine({ productName, withoutClass: ".fst-italic" }),
    ];
}

/** The native discount line below the articles. */
export function isDiscounted(price) {
    return Order.hasLine({ withClass: ".fst-italic", price });
}

export function isNotDiscounted() {
    return { trigger: negate(".order-container .orderline.fst-italic") };
}

export function isTotal(amount) {
    return Order.hasTotal(amount);
}

export function goToPayment() {
    return ProductScreen.clickPayButton();
}

/** The seller wants to pay, but something has to be said or asked first. */
export function tryToPay() {
    return { trigger: ".product-screen .pay-order-button", run: "click" };
}

export function isDue(amount) {
    return PaymentScreen.totalIs(amount);
}

export function backToProducts() {
    return [PaymentScreen.clickBack(), { trigger: ".product-screen" }];
}

export function payCash() {
    return [
        PaymentScreen.clickPaymentMethod("Cash"),
        PaymentScreen.clickValidate(),
        ReceiptScreen.isShown(),
    ];
}

/** Nothing is left to pay: no payment method is chosen. */
export function payNothing() {
    return [PaymentScreen.clickValidate(), ReceiptScreen.isShown()];
}

/** The number-th choice of a popup, whose texts are translated. */
export function choose(number) {
    return { trigger: `.modal .selection-item:nth-of-type(${number})`, run: "click" };
}

export function enterAmount(keys) {
    return [NumberPopup.enterValue(keys), Dialog.confirm()];
}

/** One click redeems what the button names. */
export function redeem(name, amount) {
    return {
        trigger: `button.o_customer_card_redeem:contains("${name}"):contains("${amount}")`,
        run: "click",
    };
}

export function isNotRedeemable() {
    return { trigger: negate("button.o_customer_card_redeem", ".product-screen") };
}

export function redeemOnly(keys) {
    return [
        { trigger: ".orderline.fst-italic a.o_customer_card_less", run: "click" },
        enterAmount(keys),
    ];
}

export function enterCode(code) {
    return [
        { trigger: ".control-buttons .more-btn", run: "click" },
        { trigger: ".modal .control-buttons button:has(.fa-barcode)", run: "click" },
        { trigger: ".modal textarea, .modal input", run: `edit ${code}` },
        Dialog.confirm(),
    ];
}

export function isOnReceipt(text) {
    return { trigger: `.pos-receipt:contains("${text}")` };
}

export function nextOrder() {
    return ReceiptScreen.clickNextOrder();
}

/** Odoo's own dialog about the connection is not what is tested: it appears at any moment. */
export function goOffline() {
    return [
        { trigger: "body", run: () => (posmodel.data.network.warningTriggered = true) },
        Offline.setOfflineMode(),
    ];
}

export function goOnline() {
    return Offline.setOnlineMode();
}

export function isOpenOrders(count) {
    return {
        content: `${count} orders are open`,
        trigger: ".product-screen",
        run: () => {
            const open = posmodel.getOpenOrders().length;
            if (open !== count) {
                throw new Error(`${open} orders are open, not ${count}`);
            }
        },
    };
}

/** A notice says all of these; it is closed, so that the next step looks for a new one. */
export function isSaid(...texts) {
    const says = texts.map((text) => `:contains("${text}")`).join("");
    return { trigger: `.o_notification${says} .o_notification_close`, run: "click" };
}

/**
 * Put a card into the reader: the server has its event, this screen claims and shows it.
 *
 * With wait the next step starts when the screen is done; a dialog is done when it is closed.
 */
export function present(number, { wait = true, on = ".pos-content" } = {}) {
    return {
        content: `present card ${number}`,
        trigger: on,
        run: async () => {
            const claim = await claimCard(number, "pos");
            const handle = registry.category("customer_card.actions").get(claim.action);
            const handled = handle(posmodel.env, claim);
            if (wait) {
                await handled;
            }
        },
    };
}

/** As present(), but the whole way from the bus: with what the screen says of the card. */
export function hear(number) {
    return {
        content: `hear of card ${number}`,
        trigger: ".pos-content",
        run: async () => {
            const event = await newEvent(number);
            posmodel.env.services["customer_card.till"].receive({ ...event, age_ms: 0 });
        },
    };
}

/** As present(), but the backend claims the card, then opens Point of Sale in its tab. */
export function presentInBackend(number) {
    return {
        content: `present card ${number} while only the backend is open`,
        trigger: ".pos-content",
        run: async () => leaveHandover(await claimCard(number, "backend")),
    };
}

async function claimCard(number, page) {
    const { orm, "customer_card.till": till } = posmodel.env.services;
    const event = await newEvent(number);
    const screen = till.state.till.secret;
    return orm.call("customer.card.event", "claim", [], { event_id: event.id, page, screen });
}

/** What the bus would tell this screen, which is paired with the card's till. */
async function newEvent(number) {
    const { orm, "customer_card.till": till } = posmodel.env.services;
    const [event] = await orm.searchRead(
        "customer.card.event",
        [
            ["customer_card_id.number", "=", number],
            ["state", "=", "new"],
        ],
        ["id", "till_id", "action"],
        { limit: 1 }
    );
    if (till.state.till?.id !== event.till_id[0]) {
        await till.pair(event.till_id[0]);
    }
    return event;
}

/** Another till reserves for an order of its own, as its server call does. */
export function otherTillReserves(programName, amount) {
    return {
        content: `another till reserves ${amount} of ${programName}`,
        trigger: ".pos-content",
        run: async () => {
            const { orm } = posmodel.env.services;
            const [card] = await orm.searchRead(
                "loyalty.card",
                [["program_id.name", "=", programName]],
                ["partner_id"],
                { limit: 1 }
            );
            const answer = await orm.call("pos.order", "prepare_card_payment", [
                "00000000-0000-4000-8000-000000000001",
                {
                    partner_id: card.partner_id[0],
                    spends: [{ card_id: card.id, points: amount }],
                },
            ]);
            if (answer.refusal) {
                throw new Error(answer.refusal);
            }
        },
    };
}

/** Of the first order, give back one piece of an article. */
export function refundOne(article) {
    return [
        nextOrder(),
        { trigger: ".orders-button", run: "click" },
        { trigger: ".ticket-screen .pos-search-bar .filter", run: "click" },
        { trigger: ".pos-search-bar .filter ul li:last-child", run: "click" },
        TicketScreen.selectOrder("001"),
        { trigger: `.ticket-screen .orderline:contains("${article}")`, run: "click" },
        ProductScreen.clickNumpad("1"),
        TicketScreen.confirmRefund(),
        PaymentScreen.isShown(),
    ];
}

/** What the menu's pairing does, without its clicks. */
export function pairWithTill(name) {
    return {
        content: `pair with ${name}`,
        trigger: ".pos-content",
        run: async () => {
            const till = posmodel.env.services["customer_card.till"];
            const { id } = (await till.tills()).find((one) => one.name === name);
            await till.pair(id);
        },
    };
}

/** What the reader bridge does with a blank card: it asks, writes, and confirms. */
export function putBlankCard(dialog = ".o_customer_card_new_card") {
    return {
        content: "put a blank card into the reader",
        trigger: dialog,
        run: async () => {
            const { orm } = posmodel.env.services;
            const card = { key: `tour:${Date.now()}`, kind: "uid", value: "04BLANK", medium: "rfid" };
            const [{ encode }] = await orm.call("customer.till", "card_presented", [[card]]);
            await orm.call("customer.card.encoding", "confirm", [encode.encoding_id, encode.token]);
        },
    };
}
