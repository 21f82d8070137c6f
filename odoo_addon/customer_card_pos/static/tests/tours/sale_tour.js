/* global posmodel */
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import { negate } from "@point_of_sale/../tests/generic_helpers/utils";

import {
    add,
    choose,
    chooseCustomer,
    enterAmount,
    goOffline,
    goOnline,
    goToPayment,
    isCustomer,
    isOnReceipt,
    isSaid,
    isTotal,
    nextOrder,
    openRegister,
    payCash,
    payNothing,
    present,
    pairWithTill,
    putBlankCard,
    redeem,
    tour,
    tryToPay,
} from "./card_tour_util";

function numpadMode(mode) {
    return { trigger: ".product-screen", run: () => (posmodel.numpadMode = mode) };
}

function isNotOffered(productName) {
    return { trigger: negate(`.product:contains("${productName}")`, ".product-screen") };
}

tour("customer_card_pos_sell_program", () => [
    openRegister(),
    isNotOffered("Weihnachtsprogramm"),
    add("72 Batterien"),
    isTotal("90,00"),
    numpadMode("price"),
    ProductScreen.clickNumpad("1"),
    isSaid("72 Batterien"),
    isTotal("90,00"),
    numpadMode("quantity"),
    tryToPay(),
    ProductScreen.clickCustomer("Hans Schulz"),
    payCash(),
    isOnReceipt("72 Batterien"),
    { trigger: '.pos-receipt .o_customer_card_left:contains("72 Batterien"):contains("72 ")' },
]);

tour("customer_card_pos_sell_two_sides", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    ProductScreen.clickDisplayedProduct("Batterien je Seite"),
    choose(1),
    Order.hasLine({ productName: "Batterien je Seite (l" }),
    ProductScreen.clickDisplayedProduct("Batterien je Seite"),
    choose(2),
    Order.hasLine({ productName: "Batterien je Seite (r" }),
    ProductScreen.clickDisplayedProduct("Batterien je Seite"),
    choose(3),
    isTotal("270,00"),
    goToPayment(),
    payCash(),
]);

/** The closing dialog has a line of its own for what is named by *key*. */
function isClosing(key, text) {
    return { trigger: `.o_customer_card_closing [data-key="${key}"]:contains("${text}")` };
}

tour("customer_card_pos_sell_amount", () => [
    openRegister(),
    ProductScreen.clickDisplayedProduct("Gutschein frei"),
    enterAmount("73,2"),
    Order.hasLine({ productName: "Gutschein frei", price: "73,20" }),
    isTotal("73,20"),
    goToPayment(),
    payCash(),
    { trigger: ".pos-receipt .o_customer_card_code" },
    nextOrder(),
    chooseCustomer("Hans Schulz"),
    ProductScreen.clickDisplayedProduct("Aufladung"),
    enterAmount("49,99"),
    Order.hasLine({ productName: "Aufladung", price: "49,99" }),
    numpadMode("price"),
    ProductScreen.clickNumpad("5", "0"),
    Order.hasLine({ productName: "Aufladung", price: "50,00", customerNote: "52,50" }),
    numpadMode("quantity"),
    goToPayment(),
    payCash(),
    isOnReceipt("52,50"),
    { trigger: ".pos-receipt", run: () => posmodel.closeSession() },
    isClosing("top_ups", "123,20"),
    isClosing("top_ups", "2,50"),
    isClosing("payments", "123,20"),
]);

tour("customer_card_pos_sell_offline", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("72 Batterien"),
    goOffline(),
    goToPayment(),
    payCash(),
    nextOrder(),
    goOnline(),
    add("Etui"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_pos_new_card", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("72 Batterien"),
    tryToPay(),
    { trigger: ".o_customer_card_new_card input", run: "edit 4713" },
    { trigger: "button[form=customer_card_new_card]", run: "click" },
    { trigger: '.o_customer_card_new_card .text-danger:contains("4713")' },
    { trigger: ".o_customer_card_new_card input", run: "edit 4711" },
    { trigger: "button[form=customer_card_new_card]", run: "click" },
    payCash(),
]);

tour("customer_card_pos_new_card_presented", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("72 Batterien"),
    tryToPay(),
    { trigger: ".o_customer_card_new_card input" },
    present("4712", { on: ".o_customer_card_new_card" }),
    payCash(),
]);

tour("customer_card_pos_new_card_for_a_voucher", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    ProductScreen.clickDisplayedProduct("Gutschein"),
    isTotal("50,00"),
    tryToPay(),
    { trigger: ".o_customer_card_new_card input", run: "edit 4711" },
    { trigger: "button[form=customer_card_new_card]", run: "click" },
    payCash(),
]);

tour("customer_card_pos_voucher_onto_a_card", () => [
    openRegister(),
    ProductScreen.clickDisplayedProduct("Gutschein"),
    isTotal("50,00"),
    tryToPay(),
    { trigger: ".o_customer_card_bearer" },
    present("90001", { on: ".o_customer_card_bearer" }),
    { trigger: '.o_customer_card_bearer .text-danger:contains("90001")' },
    present("4712", { on: ".o_customer_card_bearer" }),
    payCash(),
    nextOrder(),
    ProductScreen.clickDisplayedProduct("Guthaben"),
    isTotal("20,00"),
    tryToPay(),
    { trigger: ".o_customer_card_bearer" },
    present("4712", { on: ".o_customer_card_bearer" }),
    payCash(),
    nextOrder(),
    ProductScreen.clickDisplayedProduct("Gutschein"),
    tryToPay(),
    { trigger: ".o_customer_card_without", run: "click" },
    payCash(),
    nextOrder(),
    add("Etui"),
    present("4712"),
    redeem("Gutschein", "50,00"),
    isTotal("0,00"),
    goToPayment(),
    payNothing(),
]);

tour("customer_card_pos_credit_onto_a_written_card", () => [
    openRegister(),
    pairWithTill("Theke 1"),
    ProductScreen.clickDisplayedProduct("Guthaben"),
    tryToPay(),
    { trigger: ".o_customer_card_bearer .o_customer_card_writing[data-phase=waiting]" },
    putBlankCard(".o_customer_card_bearer"),
    payCash(),
]);

tour("customer_card_pos_new_card_written", () => [
    openRegister(),
    pairWithTill("Theke 1"),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("72 Batterien"),
    tryToPay(),
    { trigger: ".o_customer_card_writing[data-phase=waiting]" },
    putBlankCard(),
    payCash(),
]);

tour("customer_card_pos_no_new_card", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("72 Batterien"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_pos_balances", () => [
    openRegister(),
    add("Etui"),
    { trigger: ".o_customer_card_balances_button", run: "click" },
    { trigger: ".o_customer_card_balances:not(:has(table))" },
    present("90001", { on: ".o_customer_card_balances" }),
    { trigger: '.o_customer_card_balances:contains("Hans Schulz")' },
    { trigger: '.o_customer_card_balances tr:contains("72 Batterien"):contains("72 ")' },
    { trigger: '.o_customer_card_balances tr:contains("Guthabenkarte"):contains("80,00")' },
    { trigger: ".modal .o_customer_card_choose", run: "click" },
    ProductScreen.clickCustomer("Anna Fremd"),
    { trigger: '.o_customer_card_balances:contains("Anna Fremd"):not(:has(table))' },
    { trigger: ".modal .o_customer_card_close", run: "click" },
    isTotal("10,00"),
    { trigger: negate('.set-partner:contains("Hans")', ".product-screen") },
]);

