"""Suppliers, systems and API keys in the workplace of support: what the pages tell, and what one does there (A8)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import SupportAccount
from journal.clock import today
from journal.models import Entry
from mandates.models import Check
from mandates.wording import day_in_words
from services.actions import change_supplier, issue_key, rename_system, revoke_key
from services.models import ApiKey, Qualification, Supplier, System
from tests import factories as make
from tests.mandates.test_pages import granted, text_of
from tests.register import make_support, sign_in_support
from tests.services.test_suppliers import OIN, SAM

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ADD = "/beheer/services/supplier/toevoegen/"
REASON = {"reason": "Aansluiting"}


def address(row, page_name: str = "change") -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page_name}", args=[row.pk])


def hidden(response) -> dict[str, str]:
    """What the form of a preview, or of a first page, sends along unseen."""
    html = response.content.decode()
    names = ("sleutel", "seen", "confirmed")
    return {name: found[1] for name in names if (found := re.search(rf'name="{name}" value="([^"]*)"', html))}


def sent(page: Client, path: str, **fields):
    """The form is opened, filled in and sent."""
    return page.post(path, {**hidden(page.get(path)), **REASON, **fields}, follow=True)


def confirmed(page: Client, path: str, **fields):
    """As `sent`, and what the preview says is confirmed; both answers."""
    seen = sent(page, path, **fields)
    return seen, page.post(path, {**hidden(seen), **REASON, **fields}, follow=True)


# --- The way from nothing to a system with a key ----------------------------------------------------------------------


def test_a_supplier_is_added_and_leads_on_to_what_comes_next(page):
    added = sent(page, ADD, oin=OIN, name="Voorbeeld BV")

    supplier = Supplier.objects.get(oin=OIN)
    assert added.redirect_chain[-1][0] == address(supplier)
    assert "Voorbeeld BV is toegevoegd." in text_of(added)
    assert "niet getekend: niemand kan de systemen kiezen" in text_of(added)
    assert Entry.objects.last().actor["name"] == "Sam Jansen"

    connected = sent(page, address(supplier, "aansluiten"), connected_on=today().isoformat())
    assert f"getekend op {day_in_words(today())}" in text_of(connected)

    system = sent(page, address(supplier, "systeem-toevoegen"), name="Voorbeeld LAS", kind="las")
    assert "Het systeem Voorbeeld LAS is toegevoegd." in text_of(system)
    assert address(System.objects.get()) == system.redirect_chain[-1][0]


def test_everything_that_is_wrong_is_said_at_once_and_what_was_typed_stays(page):
    make.SupplierFactory(name="Voorbeeld BV")

    response = sent(page, ADD, oin="0" * 19, name="voorbeeld bv")

    assert response.status_code == 422
    assert "Een OIN heeft 20 tekens. Dit zijn er 19." in text_of(response)
    assert "Er is al een leverancier die Voorbeeld BV heet" in text_of(response)
    assert 'value="voorbeeld bv"' in response.content.decode()
    assert "Vul in waarom u dit doet." in text_of(sent(page, ADD, oin=OIN, name="Voorbeeld", reason=""))
    assert Supplier.objects.count() == 1


def test_a_supplier_joins_a_group_or_begins_one_and_not_both(page):
    group = make.SupplierGroupFactory(name="Voorbeeld Groep")

    both = sent(page, ADD, oin=OIN, name="Voorbeeld BV", group=group.name, new_group="Nieuwe Groep")
    assert "Kies een groep die er is, of vul een nieuwe in." in text_of(both)

    sent(page, ADD, oin=OIN, name="Voorbeeld BV", group=group.name)
    assert Supplier.objects.get().group == group


def test_a_day_that_does_not_exist_is_named(page):
    supplier = make.SupplierFactory(connected_on=None)

    response = sent(page, address(supplier, "aansluiten"), connected_on="2026-02-30")

    assert "30 februari 2026 bestaat niet." in text_of(response)


def test_a_second_click_changes_nothing_twice(page):
    fields = {**hidden(page.get(ADD)), **REASON, "oin": OIN, "name": "Voorbeeld BV"}

    page.post(ADD, fields)
    again = page.post(ADD, fields, follow=True)

    assert "Dit was al gedaan. Er is niets dubbel veranderd." in text_of(again)
    assert Supplier.objects.count() == 1


def test_who_changes_what_a_colleague_just_changed_is_told_and_can_then_go_on(page):
    supplier = make.SupplierFactory(name="Voorbeeld BV")
    path = address(supplier, "wijzigen")
    opened = hidden(page.get(path))
    change_supplier(actor=SAM, supplier=supplier, name="Voorbeeld Software")

    told = page.post(path, {**opened, **REASON, "name": "Voorbeeld Nederland"})

    assert told.status_code == 422
    assert "Sam Jansen heeft dit intussen gewijzigd" in text_of(told)
    assert "naam is nu 'Voorbeeld Software'" in text_of(told)
    page.post(path, {**hidden(told), **REASON, "name": "Voorbeeld Nederland"})
    assert Supplier.objects.get().name == "Voorbeeld Nederland"


def test_a_system_that_was_renamed_meanwhile_is_not_renamed_over_it(page):
    system = make.SystemFactory(name="Leerspoor")
    path = address(system, "hernoemen")
    opened = hidden(page.get(path))
    rename_system(actor=SAM, system=system, name="Leerspoor Plus")

    told = page.post(path, {**opened, **REASON, "name": "Leerspoor Twee"})

    assert "naam is nu 'Leerspoor Plus'" in text_of(told)


# --- Previews ---------------------------------------------------------------------------------------------------------


def test_before_a_qualification_is_withdrawn_one_reads_what_stands_on_it(regenboog, page):
    """D6: they stay valid, and nothing new comes."""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    path = address(regenboog.las, "kwalificatie-intrekken")

    seen, done = confirmed(page, path, service="RIO", first_day=today().isoformat())

    assert "Op deze kwalificatie staan nu 1 mandaat van 1 bestuur." in text_of(seen)
    assert "Er is nog niets veranderd." in text_of(seen)
    assert f"telt niet meer vanaf {day_in_words(today())}" in text_of(done)
    assert Qualification.objects.get(system=regenboog.las, service=regenboog.rio).withdrawn_on == today()


def test_what_stands_in_the_way_is_said_before_anybody_confirms(regenboog, page):
    path = address(regenboog.las, "kwalificatie-intrekken")

    response = sent(page, path, service="RIO", first_day=(today() - DAY).isoformat())

    assert response.status_code == 422
    assert "Kies vandaag of een latere dag." in text_of(response)


def test_before_a_supplier_is_disconnected_one_reads_what_goes_on(regenboog, lead):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    seen, done = confirmed(lead, address(regenboog.las.supplier, "afsluiten"))

    assert "1 mandaat van 1 bestuur" in text_of(seen)
    assert "De API-sleutels blijven werken: 1." in text_of(seen)
    assert "Leerspoor BV is afgesloten." in text_of(done)


# --- API keys ---------------------------------------------------------------------------------------------------------


def shown_key(response) -> str:
    return re.search(r"osr_[\w-]{43}", response.content.decode())[0]


def test_a_key_is_shown_once_not_kept_and_not_shown_on_reload_or_back(page):
    """quality.md, Security"""
    system = make.SystemFactory(name="Toetsplein")
    path = address(system, "sleutel-uitgeven")
    fields = {**hidden(page.get(path)), **REASON, "name": "productie"}

    issued = page.post(path, fields)
    key = shown_key(issued)

    assert issued.status_code == 200
    assert "no-store" in issued.headers["Cache-Control"]
    assert "Dit is de enige keer dat u de sleutel ziet." in text_of(issued)
    reloaded = page.post(path, fields, follow=True)
    assert "wordt niet nog eens getoond" in text_of(reloaded)
    others = (page.get(path), page.get(address(system)), page.get(address(ApiKey.objects.get())), reloaded)
    assert all(key not in response.content.decode() for response in others)
    assert ApiKey.objects.count() == 1
    assert not Entry.objects.filter(after__contains={"digest": ApiKey.objects.get().digest}).exists()


def test_a_key_ends_on_the_day_that_was_chosen_and_no_later_than_it_may(page):
    system = make.SystemFactory()
    path = address(system, "sleutel-uitgeven")

    late = sent(page, path, name="productie", last_day=(today() + 400 * DAY).isoformat())
    assert "Een sleutel werkt hooguit 365 dagen" in text_of(late)

    sent(page, path, name="productie", last_day=(today() + 10 * DAY).isoformat())
    assert ApiKey.objects.get().expires_at.date() == today() + 10 * DAY


def test_a_key_is_replaced_with_an_overlap_and_the_new_one_is_shown_once(page):
    system = make.SystemFactory(name="Toetsplein")
    old = issue_key(actor=SAM, system=system, name="productie").api_key

    replaced = sent(page, address(old, "vervangen"), overlap="10")

    assert shown_key(replaced)
    assert f"De oude sleutel, nummer {old.pk}, werkt nog tot" in text_of(replaced)
    old.refresh_from_db()
    assert timezone.localdate(old.expires_at) == today() + 10 * DAY
    assert "Vul 0 of meer dagen in." in text_of(sent(page, address(old, "vervangen"), overlap="-1"))


def test_before_a_key_is_revoked_one_reads_what_stops_working(page):
    system = make.SystemFactory(name="Toetsplein")
    key = issue_key(actor=SAM, system=system, name="productie").api_key

    seen, done = confirmed(page, address(key, "intrekken"))

    assert "Toetsplein heeft dan geen enkele sleutel meer die werkt." in text_of(seen)
    assert f"Sleutel {key.pk}, productie van Toetsplein, werkt niet meer." in text_of(done)
    key.refresh_from_db()
    assert key.revoked_at
    other = issue_key(actor=SAM, system=system, name="proef").api_key
    issue_key(actor=SAM, system=system, name="productie")
    assert "Toetsplein kan nog werken met: productie" in text_of(sent(page, address(other, "intrekken")))


# --- What the pages tell ----------------------------------------------------------------------------------------------


def test_the_page_of_a_supplier_tells_its_whole_story(regenboog, page):
    granted(regenboog.school, regenboog.rio, regenboog.las)
    make.QualificationFactory(system=regenboog.las, service=make.ServiceFactory(code="OUD"), withdrawn_on=today() - DAY)
    Check.objects.create(
        caller_oin=regenboog.las.supplier.oin,
        system=regenboog.las,
        brin="99AA",
        school_oin=regenboog.school.oin,
        supplier_oin=regenboog.las.supplier.oin,
        service_code="RIO",
        reference_date=today(),
        mandated=True,
        id="6a47bfdd-81a7-46cd-b41f-d907e91ebdfc",
    )

    text = text_of(page.get(address(regenboog.las.supplier)))

    for says in (
        "00000099000000000001",
        "getekend op 1 januari 2019",
        "1 mandaat van 1 bestuur",
        "Gekwalificeerd sinds 1 januari 2019 1 mandaat",
        f"Ingetrokken per {day_in_words(today() - DAY)}",
        "Werkt, zonder einddatum",
        "Leerspoor BV met Leerspoor 99AA RIO Leerspoor BV",
        "Laatste wijzigingen",
    ):
        assert says in text


def test_the_page_of_a_system_shows_its_tests_also_those_that_were_failed(page):
    system = make.SystemFactory(name="Toetsplein")
    make.ServiceFactory(code="DOORSTROOM")
    path = address(system, "test-vastleggen")
    test = {"service": "DOORSTROOM", "tested_on": today().isoformat(), "tested_by": "Kennisnet, team ketens"}

    failed = text_of(sent(page, path, **test, passed="nee"))
    assert "Toetsplein is niet geslaagd voor DOORSTROOM." in failed
    assert f"Niet geslaagd op {day_in_words(today())}" in failed

    passed = text_of(sent(page, path, **test, passed="ja"))
    assert f"Gekwalificeerd sinds {day_in_words(today())}" in passed
    assert "Kennisnet, team ketens" in passed


@pytest.mark.parametrize("systems", [1, 5])
def test_the_page_of_a_supplier_takes_a_fixed_number_of_queries(page, systems, django_assert_max_num_queries):
    """P6"""
    supplier = make.SupplierFactory()
    for number in range(systems):
        system = make.SystemFactory(supplier=supplier)
        make.QualificationFactory(system=system)
        make.ApiKeyFactory(system=system, key=f"osr_{number}")

    with django_assert_max_num_queries(24):
        page.get(address(supplier))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_is_searched_filtered_and_downloaded_as_it_was_found(page, kind):
    make.SupplierFactory(name="Leerspoor BV", connected_on="2020-01-01")
    make.SupplierFactory(name="Leerzee BV", connected_on=None)
    make.SupplierFactory(name="Toetsplein BV", connected_on="2020-01-01")
    narrowed = "?q=leer&aangesloten=ja"

    text = text_of(page.get(f"/beheer/services/supplier/{narrowed}"))
    file = page.get(f"/beheer/services/supplier/lijst.{kind}{narrowed}")

    assert "Leerspoor BV" in text
    assert "Leerzee BV" not in text
    assert f'leveranciers-{today()}.{kind}"' in file.headers["Content-Disposition"]
    if kind == "csv":
        assert file.content.decode("utf-8-sig").splitlines()[1].startswith("Leerspoor BV;")
        assert len(file.content.splitlines()) == 2


def test_a_group_of_several_suppliers_can_be_filtered_on(page):
    group = make.SupplierGroupFactory(name="Leer Groep")
    for name in ("Leerspoor BV", "Leerzee BV"):
        make.SystemFactory(name=f"{name} LAS", supplier__name=name, supplier__group=group)
    make.SystemFactory(name="Toetsplein", supplier__name="Toetsplein BV")

    suppliers = text_of(page.get("/beheer/services/supplier/"))
    narrowed = text_of(page.get(f"/beheer/services/supplier/?groep={group.pk}"))
    systems = text_of(page.get(f"/beheer/services/system/?groep={group.pk}"))

    assert "Op groep Alle Leer Groep" in suppliers
    assert "Toetsplein BV" in suppliers
    assert "2 leveranciers" in narrowed
    assert "Toetsplein" not in systems
    assert page.get("/beheer/services/supplier/?groep=onzin").status_code == 200


def test_the_keys_that_work_are_told_from_those_that_do_not(page):
    system = make.SystemFactory(name="Toetsplein")
    issue_key(actor=SAM, system=system, name="productie")
    revoke_key(actor=SAM, key=issue_key(actor=SAM, system=system, name="proef").api_key)

    working = text_of(page.get("/beheer/services/apikey/?werkt=ja"))

    assert "productie" in working
    assert "proef" not in working


# --- Who --------------------------------------------------------------------------------------------------------------


def test_a_reader_looks_and_changes_nothing(client):
    sign_in_support(client, make_support(role=SupportAccount.Role.READER))
    system = make.SystemFactory()

    assert client.get(address(system)).status_code == 200
    assert "Sleutel uitgeven" not in text_of(client.get(address(system)))
    assert client.get(address(system, "sleutel-uitgeven")).status_code == 403
    assert client.post(ADD, {**REASON, "oin": OIN, "name": "Voorbeeld BV"}).status_code == 403


def test_a_beheerder_has_no_business_here(regenboog, client):
    client.force_login(regenboog.person)

    for path in (ADD, address(regenboog.las), "/beheer/services/apikey/", "/beheer/services/apikey/lijst.csv"):
        assert client.get(path).status_code in (302, 403)
