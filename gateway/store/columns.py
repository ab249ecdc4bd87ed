"""What the store's tables are made of: instants, numbers and texts that every database keeps alike, partial indexes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, Dialect, Index, Integer, MetaData, Text, TextClause, TypeDecorator, text
from sqlalchemy.dialects import postgresql
from typing_extensions import override

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData()
"""Every table of the store, once `gateway.store.tables` is imported."""
Id = BigInteger().with_variant(Integer, "sqlite")
# Ordered by its bytes, so that an index finds all that begin alike whatever language the database sorts by.
Bytewise = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
HAS_BLOB = text("blob IS NOT NULL")


def partial(name: str, *columns: Column[object], where: TextClause) -> Index:
    """Return an index of the rows that meet a condition alone."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class UtcTime(TypeDecorator[datetime]):
    """An instant as whole microseconds since 1970: exact, ordered, and the same on every database."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse a naive time rather than guess its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return (value - EPOCH) // MICROSECOND

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant, aware, in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND
