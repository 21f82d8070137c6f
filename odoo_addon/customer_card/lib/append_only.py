"""The trigger that keeps a table as it was written."""

from odoo.tools import SQL


def append_only(cr, table, setting):
    """Let the database itself refuse to change *table*'s rows, or to take them away.

    Only a transaction that has set the variable *setting* to ``open`` may.
    """
    cr.execute(
        """
        CREATE OR REPLACE FUNCTION customer_card_append_only() RETURNS trigger AS $$
        BEGIN
            IF current_setting(TG_ARGV[0], true) = 'open' THEN
                IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
                RETURN OLD;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
        END $$ LANGUAGE plpgsql
        """
    )
    for name, events, each in (
        ("append_only", "UPDATE OR DELETE", "ROW"),
        ("append_only_truncate", "TRUNCATE", "STATEMENT"),
    ):
        cr.execute(
            SQL(
                f"CREATE OR REPLACE TRIGGER %s BEFORE {events} ON %s"
                f" FOR EACH {each} EXECUTE FUNCTION customer_card_append_only(%s)",
                SQL.identifier(name),
                SQL.identifier(table),
                setting,
            )
        )
