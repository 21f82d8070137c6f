/**
 * What points take off a bill, as `customer_card/rules/redemption.py` works it out: the same cents
 * and points for the same cart (`redemption_carts.json`). In whole cents, by integers.
 */
const HUNDRED = 100n;

/** @returns {bigint} numerator / denominator, half up; neither is below zero */
function half(numerator, denominator) {
    return (2n * numerator + denominator) / (2n * denominator);
}

/** @returns {bigint} a number with two decimals as whole hundredths */
function hundredths(number) {
    return BigInt(Math.round(number * 100));
}

function least(one, other) {
    return one < other ? one : other;
}

/**
 * Services and articles of lines with one tax; what is below zero lowers both.
 *
 * @param {Array} lines `{gross, isService}` of each
 * @returns {Array} the same of both classes, together as much as the lines
 */
export function billParts(lines) {
    const cents = (one) => BigInt(Math.round(one.gross * 100));
    const sum = (some) => some.reduce((all, one) => all + cents(one), 0n);
    const bought = lines.filter((one) => one.gross > 0);
    const whole = sum(bought);
    const left = sum(lines) > 0n ? sum(lines) : 0n;
    const bill = sum(bought.filter((one) => one.isService));
    const service = whole ? half(bill * left, whole) : 0n;
    return [
        { gross: Number(service) / 100, isService: true },
        { gross: Number(left - service) / 100, isService: false },
    ];
}

/** What the percentages take off each part; kind 3 without direct discounts takes its factor. */
function directOf(terms, parts) {
    const direct = (part) => (part.isService ? terms.serviceDirect : terms.articleDirect);
    const own = terms.serviceDirect || terms.articleDirect;
    const usual = terms.kind === "3" && !own ? terms.factor : 0;
    return parts.map((part) =>
        half(part.cents * hundredths(direct(part) || usual), HUNDRED * HUNDRED)
    );
}

/** *value* over the parts by their weights, in whole cents that add up to it. */
function spread(value, weights, parts) {
    const total = weights.reduce((sum, one) => sum + one, 0n);
    const amounts = parts.map(() => 0n);
    const order = [...parts.keys()].sort((a, b) => parts[a].isService - parts[b].isService);
    let reached = 0n;
    let told = 0n;
    for (const index of order) {
        reached += weights[index];
        const upto = total ? half(value * reached, total) : 0n;
        amounts[index] = upto - told;
        told = upto;
    }
    return amounts;
}

function costOf(terms, parts, amounts) {
    if (terms.kind === "3" && terms.isFree) {
        return 0n;
    }
    let cost = 0n;
    parts.forEach((part, index) => {
        let cheaper = part.isService ? terms.serviceCheaper : terms.articleCheaper;
        if (terms.kind === "4") {
            cheaper = Math.max(cheaper, terms.factor);
        }
        cost += amounts[index] * (HUNDRED * HUNDRED - hundredths(cheaper));
    });
    const scale = HUNDRED ** 4n; // a begun point counts
    return (cost * hundredths(terms.pointsPerUnit) + scale - 1n) / scale;
}

/**
 * @param {Object} terms as `RedeemTerms`, in camel case
 * @param {Array} gross `{gross, isService}` of each part of the bill
 * @param {number} balance points
 * @param {number|null} wish an amount below the largest possible
 * @returns {{points: number, amounts: number[], refusal: string}}
 */
export function redemption(terms, gross, balance, wish = null) {
    const nothing = (refusal) => ({ points: 0, amounts: gross.map(() => 0), refusal });
    if (balance < terms.least) {
        return nothing("least");
    }
    if (terms.most && terms.isWindow && balance > terms.most) {
        return nothing("most");
    }
    if (balance <= 0) {
        return nothing("nothing");
    }
    const parts = gross.map((part) => ({
        isService: part.isService,
        cents: hundredths(Math.max(part.gross, 0)),
    }));
    let budget = terms.most ? Math.min(balance, terms.most) : balance;
    if (terms.kind === "2" && terms.factor) {
        budget = Math.min(budget, terms.factor);
    }
    budget = BigInt(Math.floor(budget + 1e-6));
    let direct = directOf(terms, parts);
    let weights = direct;
    if (terms.kind === "3") {
        direct = parts.map(() => 0n);
    } else {
        weights = parts.map((part, index) => part.cents - direct[index]);
    }
    let most = weights.reduce((sum, one) => sum + one, 0n);
    if (terms.kind === "1" && terms.factor) {
        most = least(most, hundredths(terms.factor));
    }
    if (wish !== null) {
        most = least(most, hundredths(Math.max(wish, 0)));
    }
    let low = 0n;
    let high = most;
    while (low < high) {
        const middle = (low + high + 1n) / 2n;
        if (costOf(terms, parts, spread(middle, weights, parts)) <= budget) {
            low = middle;
        } else {
            high = middle - 1n;
        }
    }
    if (!low) {
        return nothing("nothing");
    }
    const amounts = spread(low, weights, parts);
    return {
        points: Number(costOf(terms, parts, amounts)),
        amounts: amounts.map((amount, index) => Number(amount + direct[index]) / 100),
        refusal: "",
    };
}
