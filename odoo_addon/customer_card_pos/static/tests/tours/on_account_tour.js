/* global posmodel */
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";

import {
    add,
    backToProducts,
    chooseCustomer,
    goOffline,
    goOnline,
    goToPayment,
    isCustomer,
    isDiscounted,
    isOnReceipt,
    isSaid,
    isTotal,
    nextOrder,
    openRegister,
    payCash,
    present,
    tour,
} from "./card_tour_util";

function payOnAccount(text) {
    return { trigger: `button.o_customer_card_account_pay:contains("${text}")`, run: "click" };
}

function isNotOnAccount(screen) {
    return { trigger: `${screen}:not(:has(.o_customer_card_account_pay, .o_customer_card_account))` };
}

function clickMethod(name) {
    return { trigger: `.paymentmethod:contains("${name}")`, run: "click" };
}

tour("customer_card_pos_on_account", () => [
    openRegister(),
    isNotOnAccount(".product-screen"),
    present("95001"),
    isCustomer("Bau GmbH"),
    isSaid("Bau GmbH:"),
    isNotOnAccount(".product-screen"),
    add("Werkzeugkasten"),
    add("Batterie 10"),
    isDiscounted("-1,00"),
    isTotal("49,00"),
    payOnAccount("49,00"),
    ReceiptScreen.isShown(),
    isOnReceipt("Bau GmbH"),
    isOnReceipt("Max Meyer"),
    isOnReceipt("…5001"),
    { trigger: ".pos-receipt .o_customer_card_delivery" },
    { trigger: ".pos-receipt:not(:has(#posqrcode)) .o_customer_card_signature" },
    nextOrder(),
    add("Etui"),
    isNotOnAccount(".product-screen"),
]);

function blockCard(number) {
    return {
        content: `a colleague blocks card ${number}`,
        trigger: ".product-screen",
        run: async () => {
            const { orm } = posmodel.env.services;
            const [id] = await orm.search("customer.card", [["number", "=", number]]);
            await orm.call("customer.card", "action_block", [[id]]);
        },
    };
}

tour("customer_card_pos_on_account_payment_screen", () => [
    openRegister(),
    chooseCustomer("Bau GmbH"),
    add("Werkzeugkasten"),
    goToPayment(),
    isNotOnAccount(".payment-screen"),
    { trigger: '.paymentmethod.opacity-50:contains("Auf Rechnung")' },
    clickMethod("Auf Rechnung"),
    isSaid("Auf Rechnung"),
    { trigger: ".payment-screen:not(:has(.paymentline))" },
    backToProducts(),
    present("95001"),
    isTotal("40,00"),
    blockCard("95001"),
    payOnAccount("40,00"),
    isSaid("95001"),
    { trigger: ".product-screen" },
    goToPayment(),
    clickMethod("Auf Rechnung"),
    { trigger: ".paymentline" },
    PaymentScreen.clickPartnerButton(),
    PaymentScreen.clickCustomer("Anna Fremd"),
    goOffline(),
    PaymentScreen.clickValidate(),
    isSaid("Auf Rechnung"),
    goOnline(),
    { trigger: ".payment-screen .paymentline .delete-button", run: "click" },
    { trigger: ".payment-screen:not(:has(.paymentline))" },
    payCash(),
    nextOrder(),
    present("95002"),
    add("Etui"),
    goToPayment(),
    { trigger: '.o_customer_card_account:contains("Bau GmbH"):contains("Max Meyer")' },
    { trigger: '.paymentmethods .paymentmethod:first.o_customer_card_account_method:contains("Auf Rechnung")' },
    clickMethod("Auf Rechnung"),
    PaymentScreen.clickValidate(),
    ReceiptScreen.isShown(),
    { trigger: ".pos-receipt .o_customer_card_delivery" },
]);
