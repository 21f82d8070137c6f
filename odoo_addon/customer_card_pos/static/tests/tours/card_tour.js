import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";

import {
    add,
    chooseCustomer,
    goToPayment,
    isCustomer,
    isDiscounted,
    isNotDiscounted,
    isSaid,
    isTotal,
    nextOrder,
    openRegister,
    payCash,
    present,
    reload,
    tour,
} from "./card_tour_util";

tour("customer_card_pos_card_opens_order", () => [
    openRegister(),
    present("90001"),
    isCustomer("Hans Schulz"),
    isSaid("Hans Schulz: Batterierabatt"),
    add("Batterie 10"),
    isDiscounted("-1,00"),
    isTotal("9,00"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_pos_card_on_open_order", () => [
    openRegister(),
    add("Batterie 10"),
    add("Etui"),
    isNotDiscounted(),
    isTotal("20,00"),
    present("90001"),
    isCustomer("Hans Schulz"),
    isDiscounted("-1,00"),
    isTotal("19,00"),
]);

tour("customer_card_pos_card_opens_second_order", () => [
    openRegister(),
    chooseCustomer("Anna Fremd"),
    add("Etui"),
    present("90001"),
    isCustomer("Hans Schulz"),
    add("Batterie 10"),
    isTotal("9,00"),
]);

tour("customer_card_pos_card_required", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("Batterie 10"),
    isNotDiscounted(),
    isTotal("10,00"),
    present("90001"),
    isDiscounted("-1,00"),
    isTotal("9,00"),
    reload(),
    isDiscounted("-1,00"),
    isTotal("9,00"),
    chooseCustomer("Anna Fremd"),
    isNotDiscounted(),
    chooseCustomer("Hans Schulz"),
    isNotDiscounted(),
    isTotal("10,00"),
    present("90001"),
    isTotal("9,00"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_pos_card_during_payment", () => [
    openRegister(),
    chooseCustomer("Anna Fremd"),
    add("Etui"),
    goToPayment(),
    present("90001"),
    isSaid("Hans Schulz"),
    { trigger: ".payment-screen" },
    PaymentScreen.clickBack(),
    isCustomer("Anna Fremd"),
    goToPayment(),
    payCash(),
    nextOrder(),
    isCustomer("Hans Schulz"),
    add("Batterie 10"),
    isTotal("9,00"),
]);
