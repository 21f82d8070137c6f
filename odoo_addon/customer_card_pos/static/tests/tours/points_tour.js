import {
    add,
    chooseCustomer,
    goToPayment,
    isCustomer,
    isDiscounted,
    isTotal,
    openRegister,
    payCash,
    tour,
} from "./card_tour_util";

tour("customer_card_pos_redeem_points", () => [
    openRegister(),
    chooseCustomer("Hans Schulz"),
    isCustomer("Hans Schulz"),
    add("Etui"),
    isTotal("10,00"),
    { trigger: ".control-buttons .more-btn", run: "click" },
    { trigger: ".modal .control-buttons button:has(.fa-star)", run: "click" },
    { trigger: '.selection-item:contains("Punktekarte")', run: "click" },
    isDiscounted("-5,00"),
    isTotal("5,00"),
    goToPayment(),
    payCash(),
]);
