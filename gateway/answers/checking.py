"""The command /verify: whether an account, an address or a link is ours, said in the user's language. Pure.

The answer is never "safe". Not here: the judgement itself (`gateway.trust.verify`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.answers.asking import Rows, Told, Turn, account_title, stepping
from gateway.answers.names import defanged, one_line
from gateway.case import Fact, FactOutcome, Finding, Link, Message, Party, Standing
from gateway.trust.claims import Claim, read_claim
from gateway.trust.verify import AMBIGUOUS, Verdict

STEP = "verify"
"""The step in which the next message is the claim."""

MAX_AROUND = 100
"""Characters beside the names in a question after them; more is a story, and a person's to read."""

MAX_ORIGINS = 3
"""Origins of one message that are told of."""

_PROFILE = "profile"
_HAN = "\u3400-\u9fff"
_BETWEEN = re.compile(rf"[\s，。；、！？（）“”]+|(?<=[{_HAN}])(?=[!-~])|(?<=[!-~])(?=[{_HAN}])")
"""What parts words; Chinese writes no spaces around a name."""

TECHNIQUES: Mapping[str, str] = {
    "confusable": "technique-confusable",
    "separator": "technique-separator",
    "embedded_brand": "technique-embedded",
    "embedded_domain": "technique-embedded",
    "brand_in_subdomain": "technique-embedded",
    "brand_in_local_part": "technique-embedded",
    "brand_in_path": "technique-link",
    "user_info": "technique-link",
    "other_suffix": "technique-suffix",
    "same_name_elsewhere": "technique-elsewhere",
    "display_name": "technique-display-name",
    "leet": "technique-confusable",
    "affix": "technique-affix",
    "region": "technique-region",
    "digits": "technique-region",
    "doubling": "technique-slip",
    "omission": "technique-slip",
    "insertion": "technique-slip",
    "transposition": "technique-slip",
    "neighbour": "technique-slip",
    "replacement": "technique-slip",
    "plural": "technique-slip",
    "drawn_mark": "technique-mark",
    "redirect": "technique-redirect",
    "claimed_text": "technique-words",
    "listed_name": "technique-display-name",
}
"""How an account imitates another, as trust calls it, and the text that says so."""


UNCHECKED: Mapping[str, str] = {AMBIGUOUS: "verify-ambiguous", "shortener": "verify-hidden-target"}
"""What is said of what could not be checked, by the technique that hides it."""

_STOPS = ".,;:!?¿¡"
_LEAST_OF_A_WALLET = 26
_SPELLED = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+")
"""A handle without its sign: `examplex_help`."""
MAX_CLAIMS = 5
"""So many names of one question are answered."""
MAX_BESIDE = 3
"""Characters beside a name that is asked about in public."""
_MAX_ADDRESS = 254
_SCHEME = re.compile(r"\Ahttps?://")


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said of one account: whether it is ours, and where it is not, whether that is a danger."""

    text: str
    official: bool = False
    danger: bool = False
    standing: str = ""


def verify(turn: Turn, args: str) -> Told | None:
    """Answer what stands behind the command, or what it is given with; else ask what is meant.

    A longer story behind it that names nothing is a matter for the desk: None.
    """
    message = turn.asked.message
    if claims := _meant(message, args) if args else ():
        return _tell(turn, [of_claim(turn, claim) for claim in claims])
    if origins := message.forwarded if message else ():
        return _tell(turn, [of_party(turn, origin.party) for origin in origins[:MAX_ORIGINS]])
    if len(args) > MAX_AROUND:
        return None
    return _ask(turn, "verify-unchecked" if args else "verify-ask")


def answered(turn: Turn) -> Told | None:
    """Answer the message that was asked for; None where it names nothing: then it is a matter for the desk."""
    message = turn.asked.message
    if message is None:
        return None
    if is_label(turn, message.text, "button-cancel"):
        return turn.says(turn.tell.text("cancelled"), note="cancelled")
    if message.forwarded:
        return named(turn, message)
    claims = _meant(message, message.text)
    return _tell(turn, [of_claim(turn, claim) for claim in claims]) if claims else None


def named(turn: Turn, message: Message) -> Told | None:
    """Answer what a message leads to and names, and whoever wrote what it forwards; None where it names nothing.

    What is ours is told of only where all of it is and nothing was left out: among an impostor's words our own names
    would vouch for him.
    """
    origins = [of_party(turn, origin.party) for origin in message.forwarded[:MAX_ORIGINS]]
    texts = (message.text, *(origin.text for origin in message.forwarded[:MAX_ORIGINS]))
    # Where it leads counts most.
    targets = (link.url for link in message.links)
    claims = tuple(dict.fromkeys((*targets, *(name for text in texts for name in names_in(text)))))
    found = [*origins, *(of_claim(turn, claim) for claim in claims[:MAX_CLAIMS])]
    if not found:
        return None
    more = len(claims) > MAX_CLAIMS or len(message.forwarded) > MAX_ORIGINS
    if more or not all(checked.official for checked in found):
        found = [checked for checked in found if not checked.official]
    return _tell(turn, found, more=more)


def verify_publicly(turn: Turn, args: str) -> Told:
    """Answer in a group: no name is repeated but our own."""
    claims = _meant(turn.asked.message, args)
    if len(claims) != 1 or len(args) - len(claims[0]) > MAX_BESIDE:
        # The answer stands below the question: whatever else that says would seem to be confirmed with it.
        return turn.says(
            turn.tell.text("verify-unchecked"), dialogue=turn.asked.dialogue, note="verify: more than a name"
        )
    checked = of_claim(turn, claims[0], public=True)
    text = "\n\n".join((checked.text, turn.tell.text("verify-in-group")))
    return turn.says(text, dialogue=turn.asked.dialogue, note=f"verify: {checked.standing}")


def _ask(turn: Turn, key: str) -> Told:
    dialogue = stepping(turn.asked.dialogue, STEP, (), turn.asked.now)
    buttons = ((turn.button("button-cancel", "cancel"),),)
    return turn.says(turn.tell.text(key), buttons=buttons, dialogue=dialogue, note="verify: asked")


def _tell(turn: Turn, found: Iterable[Checked], *, more: bool = False) -> Told:
    """Put results together; `more`: there was more to check than is checked at once."""
    told = {checked.text: checked for checked in found}
    texts = [*told, *((turn.tell.text("verify-more"),) if more else ())]
    if any(checked.danger for checked in told.values()):
        texts.append(turn.tell.text("verify-what-to-do"))
    elif not all(checked.official for checked in told.values()):
        texts.append(turn.tell.text("verify-care", brand=turn.tell.brand))
    else:
        texts.append(turn.tell.text("never-line"))
    note = f"verify: {', '.join(checked.standing for checked in told.values())}"
    return turn.says(*texts, buttons=_choices(turn), note=note)


def _choices(turn: Turn) -> Rows:
    return ((turn.menu("button-report", "report"), turn.menu("button-verify", "verify")),)


def is_label(turn: Turn, text: str, key: str) -> bool:
    """Whether a text is what a button says: some platforms send that for a press."""
    return text.strip() == turn.tell.text(key)


def _meant(message: Message | None, text: str) -> tuple[str, ...]:
    """Return all that a text asks about; of a link what it leads to, for what it shows may be another name."""
    links = message.links if message else ()
    written = {_written(message, link): link.url for link in links if message}
    shown = {link.text.strip(): link.url for link in links if link.text and not _shows_itself(link)}
    targets = {name: target for name, target in (shown | written).items() if name and name != target}
    claims = claims_in(text)
    if any(name in text for name in targets):
        claims = (*(claim for claim in claims if not any(name in claim for name in targets)), *targets.values())
    return tuple(dict.fromkeys(claims))[:MAX_CLAIMS]


def _written(message: Message, link: Link) -> str:
    """Return what stands in the text for a link: on X, an address of its own that leads there."""
    span = link.span
    return message.text[span.start : span.end].strip() if span is not None and span.field == "text" else ""


def _shows_itself(link: Link) -> bool:
    """Whether a link shows just where it leads."""
    shown, target = (_SCHEME.sub("", each.strip().casefold()).rstrip("/") for each in (link.text, link.url))
    return shown == target


def claims_in(text: str) -> tuple[str, ...]:
    """Return what a text asks about: itself if it reads as one name, else the names in it; none in a longer story."""
    if not read_claim(text).problem:
        return (text,)
    names = names_in(text)
    return names if len(text) - sum(map(len, names)) <= MAX_AROUND else ()


def names_in(text: str) -> tuple[str, ...]:
    """Return the words of a text that can be nothing but an account, an address or a link, each once."""
    words = (_bare(word) for word in _BETWEEN.split(text) if any(sign in word for sign in "@./:_+"))
    wallets = (word for word in _BETWEEN.split(text) if len(word) >= _LEAST_OF_A_WALLET)
    named = (*filter(_is_name, words), *(word for word in map(_bare, wallets) if read_claim(word).kind == "wallet"))
    return tuple(dict.fromkeys(named))


def _bare(word: str) -> str:
    return word.strip(_STOPS)


def _is_name(word: str) -> bool:
    """A word without a sign of a name could be any word, and digits with a dot an amount."""
    claim = read_claim(word)
    if claim.kind == "phone":
        return word.startswith("+")
    if "_" in word and not any(sign in word for sign in "@./:"):
        return _SPELLED.fullmatch(word) is not None
    return not claim.problem and not claim.number and any(char.isalpha() for char in word)


def of_claim(turn: Turn, text: str, *, public: bool = False) -> Checked:
    """Check what a user names; with `public` no name is repeated but our own."""
    claim = read_claim(text)
    platform = claim.platform or turn.asked.person.platform
    verdict = turn.desk.verify(text, platform)
    shown = None if public else _shown(turn, claim, text, verdict)
    profile = _profile(turn, platform, claim.handle) if claim.handle else None
    if profile is not None and _changed_hands(verdict, _number(profile)):
        return _other_account(turn, verdict)
    checked = _worded(turn, verdict, shown)
    is_account = verdict.kind == "handle" and not checked.official and verdict.standing is not Standing.REPORTED_SCAM
    if is_account and platform == "telegram" and profile is None and not public:
        return Checked(
            f"{checked.text}\n\n{turn.tell.text('verify-telegram')}", False, checked.danger, checked.standing
        )
    return checked


def of_party(turn: Turn, party: Party) -> Checked:
    """Check whoever first wrote a message, or was pointed out: the platform's number counts, names can change hands."""
    by_name = turn.desk.verify(_named(party, party.handle), party.platform) if party.handle else None
    by_id = turn.desk.verify(_named(party, party.id), party.platform) if party.id else None
    shown = defanged(f"@{party.handle}") if party.handle else None
    if by_id is not None and by_id.standing in (Standing.OFFICIAL, Standing.REPORTED_SCAM):
        return _worded(turn, by_id, shown)
    if by_name is not None and _changed_hands(by_name, party.id):
        return _other_account(turn, by_name)
    if by_name is not None and by_name.standing is not Standing.NOT_LISTED:
        return _worded(turn, by_name, shown)
    if any(_is_about(finding, party) for finding in turn.asked.findings):
        return Checked(turn.tell.text("verify-poses", brand=turn.tell.brand), danger=True, standing="poses")
    if by_name is None and by_id is None:
        address = turn.desk.verify(party.address, party.platform) if "@" in party.address else None
        hidden = Checked(turn.tell.text("verify-hidden", brand=turn.tell.brand), standing="hidden")
        return _worded(turn, address, defanged(party.address)) if address else hidden
    return _worded(turn, by_name or by_id, shown)


def _is_about(finding: Finding, party: Party) -> bool:
    """Whether trust found that this party's display name claims to be ours."""
    names = (party.name, f"@{party.handle}")
    return finding.technique in ("display_name", "listed_name") and finding.subject in names


def _named(party: Party, name: str | None) -> str:
    return f"{party.platform}:{name}"


def _shown(turn: Turn, claim: Claim, text: str, verdict: Verdict) -> str | None:
    """Return the claim as it may be repeated: not where, once made plain, it reads as one of ours."""
    while verdict.technique == "redirect" and (target := claim.target) is not None:
        # The link's own name may be ours: what it leads on to is what is told of.
        claim, text = target, target.shown
    shown = defanged(f"@{claim.handle}" if claim.handle and claim.host is None else text)
    genuine = (*turn.desk.official, verdict.official or "")
    ours = {name.casefold() for name in (defanged(each.partition(" ")[0]) for each in genuine) if name}
    return shown if shown and shown.casefold() not in ours else None


def _profile(turn: Turn, platform: str, handle: str) -> Fact | None:
    """Return what the platform itself says of the account, if it says that there is one."""
    subject = f"{platform}:{handle}".casefold()
    return next(
        (
            fact
            for fact in turn.asked.facts
            if fact.kind == _PROFILE and fact.subject.casefold() == subject and fact.outcome is FactOutcome.PASS
        ),
        None,
    )


def _number(profile: Fact) -> str | None:
    """Return the account's id as the platform tells it."""
    return next((item.value for item in profile.evidence if item.name == "id"), None)


def _changed_hands(verdict: Verdict, number: str | None) -> bool:
    """Whether another account than the listed one bears the name now; only an id that the directory pins tells."""
    return verdict.standing is Standing.OFFICIAL and bool(verdict.id and number) and verdict.id != number


def _other_account(turn: Turn, verdict: Verdict) -> Checked:
    official = account_title(turn.tell, verdict.official or turn.tell.brand)
    return Checked(turn.tell.text("verify-other-account", official=official), danger=True, standing="other_account")


def _worded(turn: Turn, verdict: Verdict | None, shown: str | None) -> Checked:
    """Put a verdict into words."""
    tell = turn.tell
    if verdict is None:
        return Checked(tell.text("verify-unchecked"), standing=Standing.COULD_NOT_CHECK)
    standing = verdict.standing
    match standing:
        case Standing.OFFICIAL if verdict.kind == "mail":
            text = tell.text("verify-address", official=one_line(verdict.claim, _MAX_ADDRESS), brand=tell.brand)
            return Checked(text, standing="own_address")
        case Standing.OFFICIAL:
            return Checked(_official(turn, verdict), official=True, standing=standing)
        case Standing.LOOK_ALIKE:
            official = account_title(turn.tell, verdict.official) if verdict.official else tell.brand
            how = tell.text(TECHNIQUES.get(verdict.technique or "", "technique-other"))
            text = _of(turn, shown, "verify-look-alike", official=official, technique=how)
            return Checked(text, danger=True, standing=standing)
        case Standing.REPORTED_SCAM:
            return Checked(_of(turn, shown, "verify-scam", brand=tell.brand), danger=True, standing=standing)
        case Standing.NOT_LISTED if verdict.kind == "wallet":
            return Checked(tell.text("verify-wallet"), standing=standing)
        case Standing.NOT_LISTED if verdict.technique == "retired":
            return Checked(_of(turn, shown, "verify-retired", brand=tell.brand), danger=True, standing="retired")
        case Standing.NOT_LISTED:
            return Checked(_of(turn, shown, "verify-not-listed", brand=tell.brand), standing=standing)
        case _:
            key = UNCHECKED.get(verdict.technique or "", "verify-unchecked")
            return Checked(tell.text(key), danger=key != "verify-unchecked", standing=standing)


def _official(turn: Turn, verdict: Verdict) -> str:
    official = account_title(turn.tell, verdict.official or verdict.claim)
    if verdict.since is None:
        return turn.tell.text("verify-official", official=official, brand=turn.tell.brand)
    since = verdict.since.isoformat()
    return turn.tell.text("verify-official-since", official=official, brand=turn.tell.brand, since=since)


def _of(turn: Turn, shown: str | None, key: str, **args: str) -> str:
    return turn.tell.text(key, claim=shown, **args) if shown else turn.tell.text(f"{key}-unnamed", **args)
