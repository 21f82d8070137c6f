/** The programs an order may use are asked for whenever its customer or card changes. */
import { loyaltyIdsGenerator } from "@pos_loyalty/app/services/pos_store";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";

const { DateTime } = luxon;

/** Native look-ups take the first card they find: leave them the live enrolments only. */
function liveCardsDomain() {
    const today = serializeDate(DateTime.now());
    return [
        "|",
        ["is_enrolment", "=", false],
        "&",
        ["blocked", "=", false],
        "&",
        "|",
        ["valid_from", "=", false],
        ["valid_from", "<=", today],
        "|",
        ["expiration_date", "=", false],
        ["expiration_date", ">=", today],
    ];
}

patch(PosStore.prototype, {
    fetchCoupons(domain, limit = 1) {
        return super.fetchCoupons([...domain, ...liveCardsDomain()], limit);
    },

    async orderUpdateLoyaltyPrograms() {
        await this.loadCardPrograms(this.getOrder());
        return super.orderUpdateLoyaltyPrograms(...arguments);
    },

    async loadCardPrograms(order) {
        if (!order || order.finalized || order.cardPrograms) {
            return;
        }
        const key = order.cardProgramsKey;
        const partnerId = order.partner_id?.isSynced ? order.partner_id.id : false;
        const cardId = order.customer_card_id?.id || false;
        const gated = this.models["loyalty.program"].some((program) => program.kind);
        if (!gated || (!partnerId && !cardId)) {
            return;
        }
        try {
            const found = await this.data.call("loyalty.card", "get_pos_enrolments", [
                partnerId,
                cardId,
                order.uuid,
            ]);
            order.uiState.cardPrograms = { key, ...found };
            if (found.needs_card) {
                this.notification.add(found.needs_card, { type: "info" });
            }
            this.tellOtherCurrencies(found.currencies);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.warnCardProgramsMissing(order, key);
        }
    },

    /** An account in euros buys nothing at a till in francs. */
    tellOtherCurrencies(currencies) {
        for (const [id, sentence] of Object.entries(currencies)) {
            if (Number(id) !== this.currency.id) {
                const message = _t("%s It cannot be used at this till.", sentence);
                this.notification.add(message, { type: "warning" });
            }
        }
    },

    warnCardProgramsMissing(order, key) {
        if (order.uiState.cardProgramsMissing !== key) {
            order.uiState.cardProgramsMissing = key;
            this.notification.add(
                _t("No connection: the customer's programs are not applied to this order."),
                { type: "warning" }
            );
        }
    },

    async fetchLoyaltyCard(programId, partnerId) {
        if (!this.models["loyalty.program"].get(programId)?.kind) {
            return super.fetchLoyaltyCard(...arguments);
        }
        const balances = this.getOrder().cardPrograms?.cards || [];
        const balance = balances.find((card) => card.program_id === programId);
        const card = await this.readOne("loyalty.card", balance?.id);
        if (!card) {
            return this.models["loyalty.card"].create({
                id: loyaltyIdsGenerator(),
                program_id: this.models["loyalty.program"].get(programId),
                points: 0,
            });
        }
        card.points = balance.points;
        return card;
    },
});
