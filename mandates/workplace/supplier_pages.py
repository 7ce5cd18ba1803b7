"""What support can do with suppliers, their systems, qualifications and API keys; each page carries out one action."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from journal.acts import Actor
from journal.clock import today
from journal.workplace import RowAdmin
from mandates.wording import day_in_words
from mandates.workplace.foreseeing import AddingPage, CataloguePage, Foreseen
from mandates.workplace.supplier_forms import (
    AddSupplierForm,
    ChangeSupplierForm,
    ConnectForm,
    IssueKeyForm,
    RenameSystemForm,
    RotateKeyForm,
    SystemForm,
    TestForm,
    WithdrawForm,
)
from mandates.workplace.usage import current_mandates, works
from services.actions import (
    IssuedKey,
    add_supplier,
    add_system,
    change_supplier,
    connect_supplier,
    disconnect_supplier,
    issue_key,
    record_qualification_test,
    rename_system,
    revoke_key,
    rotate_key,
    withdraw_qualification,
)
from services.models import ApiKey, Service, Supplier, System
from services.wording import moment_in_words

# --- Suppliers --------------------------------------------------------------------------------------------------------


class AddSupplier(AddingPage):
    name = "toevoegen"
    title = "Leverancier toevoegen"
    button = "Leverancier toevoegen"
    explanation = "Een leverancier is pas aangesloten als de aansluitvoorwaarden zijn getekend. Dat legt u daarna vast."
    form_class = AddSupplierForm
    on_row = False

    def add(self, actor: Actor, form: AddSupplierForm, row: None) -> Supplier:
        """See `AddingPage`."""
        given = form.cleaned_data
        return add_supplier(actor=actor, oin=given["oin"], name=given["name"], group=form.group_name)

    def added(self, new: Supplier) -> str:
        """See `AddingPage`."""
        return f"{new} is toegevoegd. Sluit de leverancier aan zodra de aansluitvoorwaarden zijn getekend."


class ChangeSupplier(CataloguePage):
    name = "wijzigen"
    title = "Naam of groep wijzigen"
    explanation = "Het OIN verandert nooit: een leverancier met een ander OIN is een andere leverancier."
    form_class = ChangeSupplierForm

    def do(self, actor: Actor, form: ChangeSupplierForm, row: Supplier) -> str:
        """See `ActionPage`."""
        supplier = change_supplier(
            actor=actor,
            supplier=row,
            name=form.cleaned_data["name"],
            group=form.group_name,
            seen=form.cleaned_data["seen"],
        )
        return f"{supplier} is gewijzigd."


class ConnectSupplier(CataloguePage):
    name = "aansluiten"
    title = "Aansluiten"
    button = "Aansluiten"
    explanation = (
        "De leverancier heeft de aansluitvoorwaarden met bijlage OSR getekend. Daarna kunt u voor zijn systemen "
        "kwalificatietests vastleggen en API-sleutels uitgeven."
    )
    form_class = ConnectForm

    def is_offered(self, row: Supplier) -> bool:
        """See `ActionPage`."""
        return row.connected_on is None

    def do(self, actor: Actor, form: ConnectForm, row: Supplier) -> str:
        """See `ActionPage`."""
        supplier = connect_supplier(actor=actor, supplier=row, connected_on=form.cleaned_data["connected_on"])
        return f"{supplier} is aangesloten."


class DisconnectSupplier(CataloguePage):
    name = "afsluiten"
    title = "Afsluiten"
    button = "Bekijk wat er gebeurt"
    explanation = "De aansluitvoorwaarden gelden niet meer, of ze waren per vergissing vastgelegd."
    leads_only = True

    def is_offered(self, row: Supplier) -> bool:
        """See `ActionPage`."""
        return row.connected_on is not None

    def foresee(self, form: Any, row: Supplier) -> Foreseen:
        """See `CataloguePage`."""
        keys = ApiKey.objects.filter(system__supplier=row).usable(timezone.now())
        return Foreseen(
            [
                f"Niemand kan de systemen van {row} nog kiezen voor een nieuw mandaat.",
                f"Wat er al is, blijft gelden: {current_mandates(today(), system__supplier=row)}. Wilt u dat ook die "
                "stoppen? Vraag de besturen dan om ze in te trekken.",
                f"De API-sleutels blijven werken: {keys.count()}. Trek ze apart in als dat nodig is.",
            ],
            ["Systeem", "Sleutel", "Werkt tot"],
            [
                (key.system, key.name, moment_in_words(key.expires_at) if key.expires_at else "geen einddatum")
                for key in keys.select_related("system").order_by("system__name", "pk")[:25]
            ],
            keys.count(),
        )

    def do(self, actor: Actor, form: Any, row: Supplier) -> str:
        """See `ActionPage`."""
        return f"{disconnect_supplier(actor=actor, supplier=row)} is afgesloten."


class AddSystem(AddingPage):
    name = "systeem-toevoegen"
    title = "Systeem toevoegen"
    button = "Systeem toevoegen"
    form_class = SystemForm

    def add(self, actor: Actor, form: SystemForm, row: Supplier) -> System:
        """See `AddingPage`."""
        given = form.cleaned_data
        return add_system(actor=actor, supplier=row, name=given["name"], kind=given["kind"])

    def added(self, new: System) -> str:
        """See `AddingPage`."""
        return f"Het systeem {new} is toegevoegd. Leg nu vast voor welke diensten het is getest."


# --- Systems ----------------------------------------------------------------------------------------------------------


class RenameSystem(CataloguePage):
    name = "hernoemen"
    title = "Naam wijzigen"
    button = "Bekijk wat er gebeurt"
    explanation = (
        "Mandaten, sleutels en het adres van het systeem in de API blijven. In registerbestanden en opdrachten staat "
        "een systeem onder zijn naam: pas die ook aan."
    )
    form_class = RenameSystemForm

    def foresee(self, form: RenameSystemForm, row: System) -> Foreseen:
        """See `CataloguePage`."""
        return Foreseen(
            [
                f"{row} heet voortaan {form.cleaned_data['name'].strip()}. Besturen zien meteen de nieuwe naam.",
                f"Dat geldt voor {current_mandates(today(), system=row)}.",
            ]
        )

    def do(self, actor: Actor, form: RenameSystemForm, row: System) -> str:
        """See `ActionPage`."""
        system = rename_system(actor=actor, system=row, name=form.cleaned_data["name"], seen=form.cleaned_data["seen"])
        return f"Het systeem heet nu {system}."


class RecordTest(CataloguePage):
    name = "test-vastleggen"
    title = "Kwalificatietest vastleggen"
    button = "Test vastleggen"
    form_class = TestForm

    def do(self, actor: Actor, form: TestForm, row: System) -> str:
        """See `ActionPage`."""
        names = ("service", "tested_on", "passed", "tested_by")
        test = record_qualification_test(actor=actor, system=row, **{name: form.cleaned_data[name] for name in names})
        if not test.passed:
            return f"De test is vastgelegd: {row} is niet geslaagd voor {test.service.code}."
        return f"De test is vastgelegd: {row} kan worden gekozen voor {test.service.code}."


class WithdrawQualification(CataloguePage):
    name = "kwalificatie-intrekken"
    title = "Kwalificatie intrekken"
    button = "Bekijk wat er gebeurt"
    explanation = "Niemand kan het systeem daarna nog voor de dienst kiezen. Mandaten die er al zijn, blijven gelden."
    form_class = WithdrawForm

    def is_offered(self, row: System) -> bool:
        """See `ActionPage`."""
        return _qualified_for(row).exists()

    def form_kwargs(self, row: System) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"row": row, "services": _qualified_for(row)}

    def foresee(self, form: WithdrawForm, row: System) -> Foreseen:
        """See `CataloguePage`."""
        service, first_day = form.cleaned_data["service"], form.cleaned_data["first_day"]
        return Foreseen(
            [
                f"Vanaf {day_in_words(first_day)} kan niemand {row} nog kiezen voor {service}.",
                f"Op deze kwalificatie staan nu {current_mandates(today(), system=row, service=service)}. Die blijven "
                "gelden tot ze zelf eindigen. Er komt alleen niets nieuws bij.",
            ]
        )

    def do(self, actor: Actor, form: WithdrawForm, row: System) -> str:
        """See `ActionPage`."""
        service, first_day = form.cleaned_data["service"], form.cleaned_data["first_day"]
        withdraw_qualification(actor=actor, system=row, service=service, first_day=first_day)
        return f"De kwalificatie van {row} voor {service.code} telt niet meer vanaf {day_in_words(first_day)}."


def _qualified_for(system: System) -> QuerySet[Service]:
    """The services for which a qualification counts, today or later."""
    gone = system.qualifications.filter(withdrawn_on__lte=today())
    return Service.objects.filter(qualifications__system=system).exclude(qualifications__in=gone).order_by("code")


# --- API keys ---------------------------------------------------------------------------------------------------------


class _KeyPage(CataloguePage):
    """A page that makes a key. It is shown in the answer, once: not kept, not cached, and not made twice."""

    done_already = (
        "De sleutel is al gemaakt en wordt niet nog eens getoond. Hebt u hem niet gezien? Trek hem dan in en geef een "
        "nieuwe uit."
    )

    def make(self, actor: Actor, form: Any, row: Any) -> IssuedKey:
        """Make the key, by an action of the register."""
        raise NotImplementedError

    def carry_out(self, request: HttpRequest, actor: Actor, form: Any, row: Any) -> HttpResponse:
        """See `ActionPage`."""
        issued = self.make(actor, form, row)
        system = issued.api_key.system
        response = TemplateResponse(
            request,
            "admin/services/key_issued.html",
            {
                "title": "De nieuwe API-sleutel",
                "issued": issued,
                "until": moment_in_words(issued.api_key.expires_at),
                "old_until": moment_in_words(issued.replaced.expires_at) if issued.replaced else "",
                "old_works": issued.replaced is not None and works(issued.replaced, timezone.now()),
                "system": system,
                "back": reverse("admin:services_system_change", args=[system.pk]),
                "has_permission": True,
                "site_header": "Onderwijs Serviceregister",
            },
        )
        add_never_cache_headers(response)
        return response


class IssueKey(_KeyPage):
    name = "sleutel-uitgeven"
    title = "API-sleutel uitgeven"
    button = "Sleutel maken"
    explanation = (
        "De sleutel wordt één keer getoond, op de pagina die nu volgt. Zorg dat u hem meteen veilig kunt doorgeven."
    )
    form_class = IssueKeyForm

    def make(self, actor: Actor, form: IssueKeyForm, row: System) -> IssuedKey:
        """See `_KeyPage`."""
        return issue_key(actor=actor, system=row, name=form.cleaned_data["name"], expires_at=form.expires_at)


class RotateKey(_KeyPage):
    name = "vervangen"
    title = "Sleutel vervangen"
    button = "Nieuwe sleutel maken"
    explanation = (
        "Er komt een nieuwe sleutel onder dezelfde naam. De oude werkt nog even door, zodat de leverancier overal kan "
        "wisselen. De nieuwe wordt één keer getoond, op de pagina die nu volgt."
    )
    form_class = RotateKeyForm

    def is_offered(self, row: ApiKey) -> bool:
        """See `ActionPage`."""
        return works(row, timezone.now())

    def make(self, actor: Actor, form: RotateKeyForm, row: ApiKey) -> IssuedKey:
        """See `_KeyPage`."""
        overlap = timedelta(days=form.cleaned_data["overlap"])
        return rotate_key(actor=actor, key=row, overlap=overlap, expires_at=form.expires_at)

    def destination(self, admin_of: RowAdmin, row: ApiKey) -> str:
        """See `ActionPage`."""
        return reverse("admin:services_system_change", args=[row.system_id])


class RevokeKey(CataloguePage):
    name = "intrekken"
    title = "Sleutel intrekken"
    button = "Bekijk wat er gebeurt"

    def is_offered(self, row: ApiKey) -> bool:
        """See `ActionPage`."""
        return row.revoked_at is None

    def foresee(self, form: Any, row: ApiKey) -> Foreseen:
        """See `CataloguePage`."""
        others = row.system.api_keys.usable(timezone.now()).exclude(pk=row.pk).order_by("pk")
        names = ", ".join(f"{key.name} (nummer {key.pk})" for key in others)
        left = (
            f"{row.system} kan nog werken met: {names}."
            if names
            else f"{row.system} heeft dan geen enkele sleutel meer die werkt. Het kan geen mandaten meer opvragen en "
            "geen afleveradressen registreren."
        )
        return Foreseen(
            [
                f"Sleutel {row.pk}, {row.name}, werkt meteen niet meer en komt niet terug.",
                left,
                f"Mandaten veranderen niet: {current_mandates(today(), system=row.system)}.",
            ]
        )

    def do(self, actor: Actor, form: Any, row: ApiKey) -> str:
        """See `ActionPage`."""
        key = revoke_key(actor=actor, key=row)
        return f"Sleutel {key.pk}, {key.name} van {key.system}, werkt niet meer."
