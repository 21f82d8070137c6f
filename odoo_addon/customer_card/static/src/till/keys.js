/** Where a browser keeps its till; the login page, which has no till service, looks there, too. */
export const TILL_KEY = "customer_card.till";
