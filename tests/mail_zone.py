"""Zones of names for the checks of mails, as a test writes them or as the conformance suites do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.enrich.mail.lookup import Answer, UnansweredError


class Zone:
    """Answers from records by (name, type); names in `silent` get no answer. Counts what it is asked."""

    def __init__(self, records: Mapping[tuple[str, str], Sequence[str]] | None = None) -> None:
        self.records = {(name.lower(), kind): tuple(values) for (name, kind), values in (records or {}).items()}
        self.silent: set[str] = set()
        self.asked: Counter[tuple[str, str]] = Counter()

    def set(self, name: str, kind: str, *values: str) -> None:
        """Let a name have these records of a type, and no others."""
        self.records[name.lower(), kind] = values

    async def ask(self, name: str, kind: str) -> Answer:
        """See `gateway.enrich.mail.lookup.Dns`."""
        self.asked[name, kind] += 1
        if name.lower() in self.silent:
            raise UnansweredError
        values = self.records.get((name.lower(), kind), ())
        return Answer(values, exists=any(known == name.lower() for known, _ in self.records))


class SuiteZone:
    """The `zonedata` of the SPF suite: rows of one type each, `TIMEOUT` for no answer, SPF rows as TXT where no TXT is.

    A name without rows does not exist; a CNAME is followed as a resolver does.
    """

    def __init__(self, zonedata: Mapping[str, Sequence[Any]]) -> None:
        self._rows = {name.lower(): rows for name, rows in zonedata.items()}

    async def ask(self, name: str, kind: str) -> Answer:
        """See `gateway.enrich.mail.lookup.Dns`."""
        for _ in range(10):
            rows = self._rows.get(name.lower().removesuffix("."))
            if rows is None:
                return Answer(exists=False)
            values = self._values(rows, kind)
            alias = next((row["CNAME"] for row in rows if isinstance(row, dict) and "CNAME" in row), None)
            if values or alias is None:
                return Answer(values)
            name = alias
        raise UnansweredError

    @staticmethod
    def _values(rows: Sequence[Any], kind: str) -> tuple[str, ...]:
        has_text = any(isinstance(row, dict) and "TXT" in row for row in rows)
        found: list[str] = []
        for row in rows:
            if row == "TIMEOUT":
                if found:
                    continue
                raise UnansweredError
            ((named, value),) = row.items()
            if named == kind == "MX":
                found.append(value[1].lower())
            elif (named == kind and value != "NONE") or (named == "SPF" and kind == "TXT" and not has_text):
                found.append(value if isinstance(value, str) else "".join(value))
        return tuple(found)
