"""The lists of the hall's configuration as tables: offers, grounds, alarms, decisions, roles."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from backend.config_models import HallConfig
from backend.console.settings_words import format_seconds, format_yuan, join, names
from backend.console.texts import say, say_code
from backend.console.words import in_language
from backend_client.contract import Texts

Cells = tuple[str, ...]
Rows = list[tuple[str, Cells]]
"""Rows by their code, which is the same in two versions of a file."""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table: its file, the keys of the file that it shows, its columns, and how rows are made."""

    code: str
    keys: tuple[str, ...]
    head: tuple[str, ...]
    rows: Callable[[HallConfig, str], Rows]


def _three(texts: Texts) -> Cells:
    return (texts.zh_hans, texts.zh_hant, texts.en)


def _yes(value: object, language: str) -> str:
    return say(language, "app.yes" if value else "app.no")


def _minutes(minutes: float, language: str) -> str:
    return format_seconds(minutes * 60, language)


def _kind_names(config: HallConfig, kinds: Iterable[str], language: str) -> str:
    titles = config.offers.kind_titles
    return join(
        (in_language(titles[kind], language) if kind in titles else kind for kind in kinds),
        language,
    )


def _fees(config: HallConfig, language: str) -> Rows:
    words = config.offers.entries_texts
    return [
        (
            code,
            (
                in_language(words[code], language)
                if code in words
                else say_code(language, "settings_fee", code),
                format_yuan(fen),
            ),
        )
        for code, fen in config.offers.fees.items()
    ]


def _offers(config: HallConfig, language: str) -> Rows:
    found = config.offers
    return [
        (
            offer.code,
            (
                in_language(offer.title, language),
                in_language(offer.detail, language),
                in_language(found.kind_titles[offer.kind], language),
                in_language(found.destination_titles[offer.destination], language),
                in_language(found.entries_texts[offer.entries], language),
                say(language, "settings_unit.months", n=offer.valid_months),
                say(language, "settings_unit.days", n=offer.stay_days),
                format_yuan(found.fees[offer.entries]),
                offer.code,
            ),
        )
        for offer in found.offer
    ]


def _margins(config: HallConfig, language: str) -> Rows:
    return [
        (
            city,
            (
                say(language, "settings.other_cities") if city == "default" else city,
                say(language, "settings_unit.days", n=days),
            ),
        )
        for city, days in config.offers.margin_days.items()
    ]


def _rules(config: HallConfig, language: str) -> Rows:
    return [
        (
            rule.fact,
            (
                say(language, f"settings_fact.{rule.fact}"),
                _kind_names(config, rule.kinds, language),
                say(language, f"settings.told_{'staff' if rule.private else 'resident'}"),
            ),
        )
        for rule in config.offers.rule
    ]


def _explanations(config: HallConfig, _: str) -> Rows:
    return [(code.value, _three(texts)) for code, texts in config.offers.explanations.items()]


def _offer_words(config: HallConfig, _: str) -> Rows:
    found = config.offers
    tables = (found.kind_titles, found.destination_titles, found.entries_texts)
    pairs = ((code, texts) for table in tables for code, texts in table.items())
    return [(code, _three(texts)) for code, texts in pairs]


def _grounds(config: HallConfig, language: str) -> Rows:
    return [
        (
            ground.code,
            (
                in_language(ground.title, language),
                _minutes(ground.decide_within_min, language),
                ground.code,
            ),
        )
        for ground in config.urgency.ground
    ]


def _alarms(config: HallConfig, language: str) -> Rows:
    return [
        (
            alarm.code,
            (
                in_language(alarm.title, language),
                say(
                    language,
                    f"settings_when.{alarm.when}",
                    time=format_seconds(alarm.seconds, language),
                ),
                names("settings_kind", alarm.kinds, language)
                if alarm.kinds
                else say(language, "queue.all_kinds"),
                say(language, f"settings_level.{alarm.level}"),
                _yes(alarm.messenger, language),
            ),
        )
        for alarm in config.alarms.alarm
    ]


def _phrases(config: HallConfig, language: str) -> Rows:
    return [
        (phrase.code, (names("decide", phrase.fits, language), *_three(phrase.text)))
        for phrase in config.phrases.phrase
    ]


def _decisions(config: HallConfig, language: str) -> Rows:
    return [
        (
            reason.value,
            (
                say_code(language, "reason", reason.value),
                names("decide", policy.kinds, language),
                names("decide", policy.seen_in_person, language),
            ),
        )
        for reason, policy in config.policy.decisions.items()
    ]


def _approvals(config: HallConfig, language: str) -> Rows:
    return [
        (
            kind.value,
            (
                say_code(language, "decide", kind.value),
                say(language, "settings_unit.people", n=policy.count),
                names("role", policy.roles, language),
            ),
        )
        for kind, policy in config.policy.approvals.items()
    ]


def _approval_rules(config: HallConfig, language: str) -> Rows:
    return [
        (
            rule.code,
            (
                in_language(rule.title, language),
                names("decide", rule.kinds, language),
                names("reason", rule.reasons, language)
                if rule.reasons
                else say(language, "queue.all_kinds"),
                join((f"{name} {by:g}" for name, by in rule.below_threshold_by.items()), language),
                say(language, "settings_unit.people", n=rule.count),
                names("role", rule.roles, language),
            ),
        )
        for rule in config.policy.approval_rule
    ]


def _lending(config: HallConfig, language: str) -> Rows:
    return [
        (role, (say_code(language, "role", role), names("role", receivers, language)))
        for role, receivers in config.policy.delegation.roles.items()
    ]


def _roles(config: HallConfig, language: str) -> Rows:
    return [
        (role, (say_code(language, "role", role), names("right", rights, language)))
        for role, rights in config.policy.roles.items()
    ]


def _models(config: HallConfig, language: str) -> Rows:
    return [
        (
            model.id,
            (
                model.id,
                join((f"{name} {limit:g}" for name, limit in model.thresholds.items()), language),
                " ".join(model.sha256),
            ),
        )
        for model in config.policy.match.models
    ]


TABLES: Sequence[TablePlan] = (
    TablePlan("fees", ("offers.fees",), ("entries", "fee"), _fees),
    TablePlan(
        "offers",
        ("offers.offer",),
        ("offer", "detail", "kind", "destination", "entries", "valid", "stay", "fee", "code"),
        _offers,
    ),
    TablePlan("margins", ("offers.margin_days",), ("city", "margin"), _margins),
    TablePlan("rules", ("offers.rule",), ("fact", "closed_kinds", "told"), _rules),
    TablePlan(
        "explanations", ("offers.explanations",), ("zh_hans", "zh_hant", "en"), _explanations
    ),
    TablePlan(
        "offer_words",
        ("offers.kind_titles", "offers.destination_titles", "offers.entries_texts"),
        ("zh_hans", "zh_hant", "en"),
        _offer_words,
    ),
    TablePlan("grounds", ("urgency.ground",), ("ground", "within", "code"), _grounds),
    TablePlan("alarms", ("alarms.alarm",), ("alarm", "when", "for", "calls", "messenger"), _alarms),
    TablePlan("phrases", ("phrases.phrase",), ("fits", "zh_hans", "zh_hant", "en"), _phrases),
    TablePlan("decisions", ("policy.decisions",), ("reason", "decisions", "seen"), _decisions),
    TablePlan("approvals", ("policy.approvals",), ("decision", "words", "of_roles"), _approvals),
    TablePlan(
        "approval_rules",
        ("policy.approval_rule",),
        ("rule", "decisions", "reason", "below", "words", "of_roles"),
        _approval_rules,
    ),
    TablePlan("lending", ("policy.delegation.roles",), ("role", "lent_to"), _lending),
    TablePlan("roles", ("policy.roles",), ("role", "rights"), _roles),
    TablePlan("models", ("policy.match.models",), ("model", "thresholds", "sha256"), _models),
)
