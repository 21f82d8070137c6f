"""Tamper evidence: each entry's ``hash`` is over itself and the entry before it (law 3).

PostgreSQL makes the hash while it inserts, so every writer is covered, nothing is asked twice, and
what is hashed is what is stored. ``connector/verify.py`` repeats the rule without Odoo.
"""

# What is hashed, in this order: all that never changes by law. What an erasure may take away (whose
# it was, free text) stays outside. The key is the only text of any length, so it stands last.
TEXTS = {
    **dict.fromkeys(("id", "card_id", "sequence"), "entry.{}::text"),
    "date": "to_char(entry.{}, 'YYYY-MM-DD\"T\"HH24:MI:SS')",
    "reason": "entry.{}::text",
    **dict.fromkeys(
        ("delta", "balance", "paid_delta", "bonus_delta", "quantity", "remaining"),
        "round(entry.{}, 6)::text",
    ),
    **dict.fromkeys(
        (
            *("unlimited", "overdrawn", "allowance_id", "product_id", "user_id", "till_id"),
            *("customer_card_id", "company_id", "reversal_of_id", "purpose", "origin_model"),
            *("origin_id", "key"),
        ),
        "entry.{}::text",
    ),
}
TEXT = "array_to_string(ARRAY['v1', {}], '|', '')".format(
    ", ".join(text.format(name) for name, text in TEXTS.items())
)
# The trigger writes the same expressions out: calling the functions took three times as long.
FUNCTIONS = f"""
    CREATE OR REPLACE FUNCTION customer_card_entry_text(entry loyalty_card_entry) RETURNS text AS $$
        SELECT {TEXT}
    $$ LANGUAGE sql STABLE;
    CREATE OR REPLACE FUNCTION customer_card_link(before text, entry text) RETURNS text AS $$
        SELECT encode(sha256(convert_to(COALESCE(before, '') || '|' || entry, 'UTF8')), 'hex')
    $$ LANGUAGE sql IMMUTABLE;
    CREATE OR REPLACE FUNCTION customer_card_chain() RETURNS trigger AS $$
        DECLARE before text;
        BEGIN
            SELECT entry.hash INTO before FROM loyalty_card_entry entry
            WHERE entry.card_id = NEW.card_id AND entry.sequence = NEW.sequence - 1;
            NEW.hash := encode(sha256(convert_to(
                COALESCE(before, '') || '|' || {TEXT.replace("entry.", "NEW.")}, 'UTF8')), 'hex');
            RETURN NEW;
        END $$ LANGUAGE plpgsql;
    CREATE OR REPLACE TRIGGER chain BEFORE INSERT ON loyalty_card_entry
        FOR EACH ROW EXECUTE FUNCTION customer_card_chain()
"""
# The histories whose chain is broken: how many entries, and how many before the first bad one.
LAW = """
    WITH entry AS (
        SELECT card_id, hash, ROW_NUMBER() OVER history AS number,
               customer_card_link(LAG(hash) OVER history, customer_card_entry_text(entry)) AS due
        FROM loyalty_card_entry entry WINDOW history AS (PARTITION BY card_id ORDER BY sequence))
    SELECT card_id, COUNT(*), MIN(number) FILTER (WHERE hash IS DISTINCT FROM due) - 1
    FROM entry GROUP BY card_id HAVING BOOL_OR(hash IS DISTINCT FROM due)
"""
