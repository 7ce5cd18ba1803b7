"""Kinds of agreement and their texts: drafting, changing and publishing versions (A1, A4, A5)."""

import re
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from accounts.rights import may_offer_agreements
from agreements.contents import example_of
from agreements.documents import contract_pdf, missing_fields
from agreements.models import Kind, Template
from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from schools.locking import patiently

_CODE = r"[A-Z0-9][A-Z0-9_-]*"


def add_kind(*, actor: Actor, code: str, name: str, description: str = "") -> Kind:
    """Add a kind of agreement (A1); `code` is capitals, digits, - and _, such as OSO.

    Raises `Refused` when the actor may not, when the code has not its form or exists already, or without a name.
    """
    _refuse_who_may_not(actor)
    code, name = code.strip().upper(), name.strip()
    problems = []
    if not re.fullmatch(_CODE, code):
        problems.append(Problem("code_form", "De code bestaat uit letters, cijfers, - en _, en begint met een letter."))
    elif Kind.objects.filter(code=code).exists():
        problems.append(_code_taken(code))
    if not name:
        problems.append(Problem("name_missing", "Vul een naam in."))
    if problems:
        raise Refused(problems)
    try:
        with act("kind.added", actor=actor):
            return Kind.objects.create(code=code, name=name, description=description.strip())
    except IntegrityError:  # somebody else added it a moment ago
        raise Refused([_code_taken(code)]) from None


def _code_taken(code: str) -> Problem:
    return Problem("code_taken", f"Er is al een soort overeenkomst met de code {code}.")


def draft_template(
    *,
    actor: Actor,
    kind: Kind,
    title: str,
    body: str = "",
    changes: str = "",
    annex_service: str = "",
    annex_categories: Sequence[str] = (),
) -> Template:
    """Begin the next version of the text of `kind`; it may be incomplete until it is published.

    For the forms see `agreements.models.Template`. Raises `Refused` when the actor may not, without a title, and when
    there is a draft already: that one can be changed.
    """
    _refuse_who_may_not(actor)
    with transaction.atomic():
        _lock(kind)
        if draft := kind.templates.filter(published_on=None).first():
            raise Refused([Problem("draft_exists", f"Er is al een concept: {draft}. Werk dat bij.")])
        template = Template(kind=kind, version=kind.templates.count() + 1)
        _write(template, title, body, changes, annex_service, annex_categories)
        with act("template.drafted", actor=actor):
            template.save(force_insert=True)
    return template


def change_template(
    *,
    actor: Actor,
    template: Template,
    title: str,
    body: str,
    changes: str,
    annex_service: str,
    annex_categories: Sequence[str],
) -> Template:
    """Give a draft other texts; returns it as it has become.

    Raises `Refused` when the actor may not, without a title, and when it was published: that never changes (A4).
    """
    _refuse_who_may_not(actor)
    with transaction.atomic():
        _lock(template.kind)
        draft = _still_a_draft(template)
        _write(draft, title, body, changes, annex_service, annex_categories)
        with act("template.changed", actor=actor):
            draft.save(update_fields=["title", "body", "changes", "annex_service", "annex_categories"])
    return draft


def publish_template(*, actor: Actor, template: Template) -> Template:
    """Make a draft the newest version of its kind; from then on it never changes, and can be offered (A4).

    Raises `Refused` when the actor may not, when it was published already, and with everything that is missing or that
    cannot stand in the PDF.
    """
    _refuse_who_may_not(actor)
    with transaction.atomic():
        _lock(template.kind)
        draft = _still_a_draft(template)
        if problems := _unfinished(draft):
            raise Refused(problems)
        draft.published_on = today()
        with act("template.published", actor=actor):
            draft.save(update_fields=["published_on"])
    return draft


def _refuse_who_may_not(actor: Actor) -> None:
    if not may_offer_agreements(actor):
        raise Refused([Problem("not_allowed", "Alleen Kennisnet support wijzigt de teksten van overeenkomsten.")])


def _lock(kind: Kind) -> None:
    """Versions of a kind are numbered and published one at a time."""
    with patiently():
        Kind.objects.select_for_update(no_key=True).get(pk=kind.pk)


def _still_a_draft(template: Template) -> Template:
    now = Template.objects.select_related("kind").get(pk=template.pk)
    if now.published_on is not None:
        raise Refused(
            [
                Problem(
                    "already_published",
                    f"{now} is al gepubliceerd en verandert niet meer. Maak een nieuwe versie als dat nodig is.",
                )
            ]
        )
    return now


def _write(
    template: Template, title: str, body: str, changes: str, annex_service: str, annex_categories: Sequence[str]
) -> None:
    template.title = " ".join(title.split())
    if not template.title:
        raise Refused([Problem("title_missing", "Geef de overeenkomst een titel.")])
    template.body, template.changes, template.annex_service = body.strip(), changes.strip(), annex_service.strip()
    template.annex_categories = [line for category in annex_categories if (line := " ".join(category.split()))]


def _unfinished(draft: Template) -> list[Problem]:
    problems = [Problem("body", text) for text in missing_fields(draft.body)]
    if draft.version > 1 and not draft.changes:
        problems.append(
            Problem("changes_missing", f"Schrijf op wat er verandert ten opzichte van versie {draft.version - 1}.")
        )
    if not draft.annex_service:
        problems.append(Problem("annex_service_missing", "Beschrijf in de privacybijsluiter wat de dienst doet."))
    if not draft.annex_categories:
        problems.append(
            Problem("annex_categories_missing", "Noem in de privacybijsluiter ten minste één categorie gegevens.")
        )
    return problems or _unprintable(draft)


def _unprintable(draft: Template) -> list[Problem]:
    """What is wrong with it as a PDF, seen by making one for a board that does not exist."""
    try:
        contract_pdf(example_of(draft))
    except Refused as refused:
        return refused.problems
    return []
