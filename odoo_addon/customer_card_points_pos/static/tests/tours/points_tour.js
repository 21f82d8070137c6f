import { negate } from "@point_of_sale/../tests/generic_helpers/utils";
import {
    add,
    chooseCustomer,
    goToPayment,
    isDue,
    isOnReceipt,
    isTotal,
    nextOrder,
    openRegister,
    payCash,
    redeem,
    tour,
} from "@customer_card_pos/../tests/tours/card_tour_util";

const POINTS = ".o_customer_card_points";

tour("customer_card_points_pos_pay", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    add("Reinigungsset"),
    isTotal("20,00"),
    goToPayment(),
    { trigger: `${POINTS}:contains("sammelt 225"):contains("Besuch 25"):contains("1225")` },
    { trigger: `${POINTS} .o_customer_card_prompt:contains("4,50"):contains("450")`, run: "click" },
    isDue("15,50"),
    { trigger: `${POINTS}:not(:has(.o_customer_card_prompt))` },
    payCash(),
    isOnReceipt("Treuekarte: sammelt"),
    nextOrder(),
    // Once more, from the product screen: what is offered is what the terms give.
    chooseCustomer("Hans Schulz"),
    add("Etui"),
    redeem("Treuekarte", "4,50"),
    isTotal("5,50"),
    goToPayment(),
    payCash(),
]);

tour("customer_card_points_pos_reserved", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    add("Reinigungsset"),
    { trigger: '.o_customer_card_reserved:contains("Treuekarte: 800 Punkte reserviert (Angebot)")' },
    { trigger: negate(".o_customer_card_redeem") },
    goToPayment(),
    { trigger: '.payment-screen .o_customer_card_reserved:contains("800 Punkte reserviert")' },
    payCash(),
]);

tour("customer_card_points_pos_free", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    add("Reinigungsset"),
    redeem("Treuekarte", "2,00"),
    isTotal("18,00"),
    goToPayment(),
    { trigger: `${POINTS}:contains("Der nächste Schnitt ist gratis")` },
    payCash(),
    isOnReceipt("Treuekarte: sammelt"),
    { trigger: negate(':contains("Der nächste Schnitt ist gratis")', ".pos-receipt") },
]);
