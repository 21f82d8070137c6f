/** Where a browser keeps which badge logged in: it may be removed later. */
export const BADGE_KEY = "customer_card.badge_event";
