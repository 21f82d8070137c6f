/** Where a browser keeps its till; the login page, which has no till service, looks there, too. */
export const TILL_KEY = "customer_card.till";

/** What a screen subscribes to: the server knows by the secret which till's cards it may hear. */
export function channelOf({ secret }) {
    return `customer_card.screen/${secret}`;
}
