"""Put thousands of rows there in one go, where one by one would keep every other writer waiting."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model

Value = str | int | None


def insert_rows(
    model: type[Model], names: Sequence[str], rows: Sequence[tuple[Value, ...]]
) -> None:
    """Insert rows of plain values, in the order of these fields; all others keep their default.

    The database's own defaults only, and no signals: for texts, numbers and keys. Call it inside a
    transaction.
    """
    quote = connection.ops.quote_name
    known = {field.name: field.column or field.attname for field in model._meta.concrete_fields}
    columns = ", ".join(quote(known[name]) for name in names)
    places = ", ".join("%s" for _ in names)
    table = quote(model._meta.db_table)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - own names
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
