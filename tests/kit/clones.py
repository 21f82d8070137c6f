"""Many rows in the database of a real ERP: copies of one that its own code made."""

from dev.postgres import Cluster

NOW = "now() AT TIME ZONE 'UTC'"


def clone_sql(table: str, template: int, count: int, **columns: str) -> str:
    """Return the statement that copies a row.

    :param columns: SQL for what differs, ``i`` counts from 1
    """
    # Without i in it, PostgreSQL would ask for one number and use it for all copies.
    own = {"i": "i", "id": f"nextval('{table}_id_seq')", "write_date": NOW, "create_date": NOW}
    given = own | columns
    pairs = ", ".join(f"'{name}', {value}" for name, value in given.items())
    return (
        f"INSERT INTO {table} SELECT copy.* FROM {table} original, generate_series(1, {count}) i,"
        f" LATERAL jsonb_populate_record(original, jsonb_build_object({pairs})) copy"
        f" WHERE original.id = {template}"
    )


def invoices(
    cluster: Cluster, database: str, move: int, line: int, count: int, each: int, **more: str
) -> None:
    """Make that many posted invoices with so many lines each, as copies of one.

    :param more: SQL for what differs in a line; ``m`` is its invoice, ``i`` counts the lines
    """
    name = "'CLONE/' || nextval('account_move_id_seq') || '/' || i"
    cluster.sql(clone_sql("account_move", move, count, name=name, ref="'clone'"), database)
    columns = {"i": "m.i", "id": "nextval('account_move_line_id_seq')", "move_id": "m.id"}
    columns |= {"move_name": "m.name", "write_date": NOW, "create_date": NOW} | more
    pairs = ", ".join(f"'{key}', {value}" for key, value in columns.items())
    cluster.sql(
        # Sorted first, numbered then: the lines of an invoice follow each other.
        "INSERT INTO account_move_line SELECT copy.* FROM account_move_line original,"
        " LATERAL (SELECT m.*, i FROM account_move m, generate_series(1, "
        f"{each}) i WHERE m.ref = 'clone' AND NOT EXISTS (SELECT FROM account_move_line l"
        " WHERE l.move_id = m.id) ORDER BY m.id, i OFFSET 0) m,"
        f" LATERAL jsonb_populate_record(original, jsonb_build_object({pairs})) copy"
        f" WHERE original.id = {line}",
        database,
    )
    cluster.sql("ANALYZE account_move, account_move_line", database)
