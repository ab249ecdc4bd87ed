"""Stores with one planted fault each in what they keep of identities and codes, and the check that must catch it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gateway.journal import Decision, Store
from gateway.past import Past, Query
from tests.contract import identity_suite as suite
from tests.contract.broken_dialogues import _Answers, _Commits
from tests.contract.store_suite import Check


class IdentityDropped(_Commits):
    """Forgets the second account of a decision."""

    def changed(self, decision: Decision) -> Decision:
        return replace(decision, identities=decision.identities[:1])


class NeverUnlinked(_Commits):
    """Leaves an account with its person whatever is decided."""

    def changed(self, decision: Decision) -> Decision:
        return replace(decision, identities=tuple(each for each in decision.identities if each.person))


class LinkedBlindly(_Commits):
    """Does not look whose an account is by now."""

    def changed(self, decision: Decision) -> Decision:
        return replace(decision, identities=tuple(each for each in decision.identities if each.person != "q"))


class CodeSpentTwice(_Commits):
    """Takes a code as often as it comes."""

    def changed(self, decision: Decision) -> Decision:
        return replace(decision, codes=tuple(each for each in decision.codes if each.spent_at is None))


class CodesOfOldStayGood(_Answers):
    """Takes any code for one that is not spent."""

    def changed(self, query: Query, past: Past) -> Past:
        return replace(past, code=past.code and past.code.model_copy(update={"spent_at": None}))


class CountsNoTries(_Answers):
    """Lets everybody guess for ever."""

    def changed(self, query: Query, past: Past) -> Past:
        return replace(past, tries=0)


class TriesForEver(_Answers):
    """Never forgets a wrong code."""

    def changed(self, query: Query, past: Past) -> Past:
        return replace(past, tries=2)


class CasesOfOneAccount(_Answers):
    """Finds no case of a linked account."""

    def changed(self, query: Query, past: Past) -> Past:
        return replace(past, cases=past.cases[:1])


BROKEN: list[tuple[Callable[[Store], Any], Check]] = [
    (IdentityDropped, suite.accounts_of_one_person_are_found_by_each),
    (NeverUnlinked, suite.an_account_that_is_nobodys_is_found_no_more),
    (LinkedBlindly, suite.what_was_linked_meanwhile_is_not_linked_again),
    (CodeSpentTwice, suite.a_code_is_spent_once),
    (CodesOfOldStayGood, suite.a_code_is_spent_once),
    (CodesOfOldStayGood, suite.a_new_code_voids_the_earlier_ones_of_its_account_alone),
    (CountsNoTries, suite.wrong_codes_are_counted_of_each_account_while_they_count),
    (TriesForEver, suite.wrong_codes_are_counted_of_each_account_while_they_count),
    (CasesOfOneAccount, suite.the_cases_of_all_linked_accounts_are_found),
    (IdentityDropped, suite.an_operator_sees_and_parts_linked_accounts),
]
