"""What support can do with services, their versions and their succession; each page carries out one action."""

from typing import Any

from django.urls import reverse

from agreements.models import OSR
from journal.acts import Actor, Refused
from journal.clock import today
from journal.workplace import RowAdmin
from mandates.actions import reshape_service
from mandates.models import Endpoint
from mandates.wording import day_in_words
from mandates.workplace.foreseeing import AddingPage, CataloguePage, Foreseen
from mandates.workplace.service_forms import (
    AddServiceForm,
    ChangeServiceForm,
    OfferSuccessionForm,
    ReshapeServiceForm,
    SuccessorForm,
    VersionForm,
)
from mandates.workplace.succession import boards_lacking_agreement, reach_of
from mandates.workplace.usage import current_mandates, endpoints_shown
from services.actions import (
    add_service,
    add_service_version,
    change_service,
    close_succession_offer,
    end_service,
    end_service_version,
    offer_problems,
    offer_succession,
    resume_service,
    set_successor,
)
from services.models import Service, ServiceVersion, SuccessionOffer

_MOST_ROWS = 25

# --- Services ---------------------------------------------------------------------------------------------------------


class AddService(AddingPage):
    name = "toevoegen"
    title = "Dienst toevoegen"
    button = "Dienst toevoegen"
    explanation = "Besturen zien de dienst meteen. Ze kunnen kiezen uit de systemen die ervoor zijn gekwalificeerd."
    form_class = AddServiceForm
    on_row = False

    def add(self, actor: Actor, form: AddServiceForm, row: None) -> Service:
        """See `AddingPage`."""
        given = form.cleaned_data
        shape = {name: given[name] for name in ("code", "level", "takes_endpoints")}
        return add_service(actor=actor, **shape, **form.described())

    def added(self, new: Service) -> str:
        """See `AddingPage`."""
        return f"De dienst {new} is toegevoegd. Voeg nu een dienstversie toe."


class ChangeService(CataloguePage):
    name = "wijzigen"
    title = "Naam en eisen wijzigen"
    explanation = "De code van een dienst verandert nooit."
    form_class = ChangeServiceForm

    def foresee(self, form: ChangeServiceForm, row: Service) -> Foreseen | None:
        """See `CataloguePage`: whom another agreement hits; other changes say what they do by themselves."""
        kind = form.cleaned_data["agreement_kind"]
        if not kind or kind == row.agreement_kind:
            return None
        lacking = boards_lacking_agreement(row, kind)
        sentences = [
            f"Voor een nieuw mandaat voor {row.code} is voortaan ook de overeenkomst {kind} nodig, naast {OSR}.",
            f"Er zijn nu {current_mandates(today(), service=row)}. Die blijven gelden.",
        ]
        if lacking:
            sentences.append(
                f"Bij {len(lacking)} van deze besturen ontbreekt de overeenkomst {kind}. Zolang dat zo is, kan "
                "daar niemand een nieuw mandaat voor deze dienst geven."
            )
        return Foreseen(
            sentences,
            ["Bestuur", "Bestuursnummer", "Mandaten"],
            [(board, board.number, board.mandates_count) for board in lacking[:_MOST_ROWS]],
            len(lacking),
        )

    def do(self, actor: Actor, form: ChangeServiceForm, row: Service) -> str:
        """See `ActionPage`."""
        service = change_service(actor=actor, service=row, seen=form.cleaned_data["seen"], **form.described())
        return f"De dienst {service} is gewijzigd."


class ReshapeService(CataloguePage):
    name = "niveau"
    title = "Niveau en afleveradressen wijzigen"
    explanation = (
        "Het niveau kan alleen veranderen zolang er geen mandaten zijn. Zijn er afleveradressen, dan blijft de dienst "
        "ze nemen."
    )
    form_class = ReshapeServiceForm

    def do(self, actor: Actor, form: ReshapeServiceForm, row: Service) -> str:
        """See `ActionPage`."""
        given = form.cleaned_data
        service = reshape_service(
            actor=actor,
            service=row,
            level=given["level"],
            takes_endpoints=given["takes_endpoints"],
            seen=given["seen"],
        )
        return f"De dienst {service} is gewijzigd."


class EndService(CataloguePage):
    name = "beeindigen"
    title = "Dienst beëindigen"
    button = "Bekijk wat er gebeurt"
    leads_only = True

    def is_offered(self, row: Service) -> bool:
        """See `ActionPage`."""
        return row.is_active

    def foresee(self, form: Any, row: Service) -> Foreseen:
        """See `CataloguePage`."""
        sentences = [
            f"Niemand kan nog een mandaat voor {row} geven. Besturen zien de dienst niet meer als iets dat ontbreekt.",
            f"Wat er is, blijft gelden tot het zelf eindigt: {current_mandates(today(), service=row)}.",
        ]
        if row.successor is None:
            sentences.append("Er is geen opvolger vastgelegd. Besturen lezen dan niet wat ervoor in de plaats komt.")
        return Foreseen(sentences)

    def do(self, actor: Actor, form: Any, row: Service) -> str:
        """See `ActionPage`."""
        return f"De dienst {end_service(actor=actor, service=row)} is beëindigd."


class ResumeService(CataloguePage):
    name = "hervatten"
    title = "Dienst hervatten"
    button = "Hervatten"
    explanation = "Besturen kunnen weer mandaten voor deze dienst geven."
    leads_only = True

    def is_offered(self, row: Service) -> bool:
        """See `ActionPage`."""
        return not row.is_active

    def do(self, actor: Actor, form: Any, row: Service) -> str:
        """See `ActionPage`."""
        return f"De dienst {resume_service(actor=actor, service=row)} is hervat."


# --- Versions ---------------------------------------------------------------------------------------------------------


class AddVersion(CataloguePage):
    name = "versie-toevoegen"
    title = "Dienstversie toevoegen"
    button = "Dienstversie toevoegen"
    form_class = VersionForm

    def do(self, actor: Actor, form: VersionForm, row: Service) -> str:
        """See `ActionPage`."""
        version = add_service_version(actor=actor, service=row, namespace=form.cleaned_data["namespace"])
        return f"De dienstversie {version} is toegevoegd."


class EndVersion(CataloguePage):
    name = "beeindigen"
    title = "Dienstversie beëindigen"
    button = "Bekijk wat er gebeurt"

    def is_offered(self, row: ServiceVersion) -> bool:
        """See `ActionPage`."""
        return row.status == ServiceVersion.Status.ACTIVE

    def foresee(self, form: Any, row: ServiceVersion) -> Foreseen:
        """See `CataloguePage`."""
        using = Endpoint.objects.filter(service_version=row).shown_on(today(), or_later=True)
        rows = using.select_related("mandate__system", "mandate__school").order_by(
            "mandate__system__name", "routing_id"
        )
        count = endpoints_shown(today(), service_version=row)
        return Foreseen(
            [
                "Leveranciers kunnen voor deze versie geen nieuw afleveradres registreren.",
                f"Afleveradressen die er zijn, blijven zoals ze zijn: {count}."
                if count
                else "Geen enkel afleveradres gebruikt deze versie.",
            ],
            ["Systeem", "School", "Routeringskenmerk"],
            [(each.mandate.system, each.mandate.school, each.routing_id) for each in rows[:_MOST_ROWS]],
            count,
        )

    def do(self, actor: Actor, form: Any, row: ServiceVersion) -> str:
        """See `ActionPage`."""
        return f"De dienstversie {end_service_version(actor=actor, version=row)} is beëindigd."

    def destination(self, admin_of: RowAdmin, row: ServiceVersion) -> str:
        """See `ActionPage`."""
        return reverse("admin:services_service_change", args=[row.service_id])


# --- Succession -------------------------------------------------------------------------------------------------------


class SetSuccessor(CataloguePage):
    name = "opvolger"
    title = "Opvolger vastleggen"
    explanation = "Mandaten veranderen hier niet door. Daarna kunt u ze aan alle besturen ter overname aanbieden."
    form_class = SuccessorForm

    def do(self, actor: Actor, form: SuccessorForm, row: Service) -> str:
        """See `ActionPage`."""
        service = set_successor(
            actor=actor, service=row, successor=form.cleaned_data["successor"], seen=form.cleaned_data["seen"]
        )
        return f"{service.code} wordt opgevolgd door {service.successor or 'geen andere dienst'}."


class OfferSuccession(CataloguePage):
    name = "mandaten-aanbieden"
    title = "Mandaten ter overname aanbieden"
    button = "Bekijk wat er gebeurt"
    explanation = (
        "Elk bestuur met mandaten voor deze dienst ziet dan onder ‘Over te nemen’ welke mandaten het voor de opvolger "
        "kan geven. Het bestuur kiest zelf. De mandaten voor deze dienst blijven zoals ze zijn."
    )
    form_class = OfferSuccessionForm
    leads_only = True

    def is_offered(self, row: Service) -> bool:
        """See `ActionPage`."""
        return row.successor is not None and not row.succession_offers.open_on(today()).exists()

    def foresee(self, form: OfferSuccessionForm, row: Service) -> Foreseen:
        """See `CataloguePage`."""
        given = form.cleaned_data
        if problems := list(offer_problems(row, given["starts_on"], given["until"])):
            raise Refused(problems)
        reach = reach_of(row, row.successor)
        sentences = [
            f"{reach} voor {row.code} worden ter overname aangeboden voor {row.successor.code}, van vandaag tot en met "
            f"{day_in_words(given['until'])}.",
            f"Nieuwe mandaten beginnen op {day_in_words(given['starts_on'])}, of op de dag van overnemen als die later "
            "is.",
        ]
        if reach.lacking_boards:
            sentences.append(
                f"Bij {reach.lacking_boards} van deze besturen ontbreekt een overeenkomst voor {row.successor.code}. "
                "Daar leest men welke, en wat men kan doen."
            )
        if reach.unqualified:
            sentences.append(
                f"Deze systemen zijn niet aangesloten voor {row.successor.code}. Wie ermee werkt, kan niet overnemen "
                "en leest dat er een ander systeem nodig is:"
            )
        return Foreseen(
            sentences,
            ["Systeem", "Leverancier", "Mandaten", "Besturen"],
            [
                (each.system, each.system.supplier, each.mandates, each.boards)
                for each in reach.unqualified[:_MOST_ROWS]
            ],
            len(reach.unqualified),
        )

    def do(self, actor: Actor, form: OfferSuccessionForm, row: Service) -> str:
        """See `ActionPage`."""
        given = form.cleaned_data
        offer = offer_succession(actor=actor, service=row, starts_on=given["starts_on"], until=given["until"])
        return f"De mandaten voor {offer.service.code} staan nu ter overname voor {offer.successor.code}."


class CloseOffer(CataloguePage):
    name = "sluiten"
    title = "Aanbod sluiten"
    button = "Aanbod sluiten"
    explanation = "Besturen zien het aanbod meteen niet meer. Wat ze hebben overgenomen, blijft."
    leads_only = True

    def is_offered(self, row: SuccessionOffer) -> bool:
        """See `ActionPage`."""
        return row.is_open(today())

    def do(self, actor: Actor, form: Any, row: SuccessionOffer) -> str:
        """See `ActionPage`."""
        return f"Het aanbod '{close_succession_offer(actor=actor, offer=row)}' is gesloten."
