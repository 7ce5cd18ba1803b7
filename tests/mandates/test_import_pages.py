"""Importing DUO's lists in the workplace of support, and the log of imports (D4, D14, D19, D20)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import SupportAccount
from journal.acts import Actor, ActorKind
from journal.clock import today
from journal.models import Entry
from mandates.actions import grant_mandates
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.actions import GivenFile, apply_import, prepare_import
from schools.models import Case, ListImport, School
from tests.register import make_support, sign_in_support
from tests.schools.lists import boards, locations

pytestmark = pytest.mark.django_db

LOG = "/beheer/schools/listimport/"
REASON = "De lijsten van augustus"
KIM = Actor(kind=ActorKind.SUPPORT, name="Kim de Boer", reason=REASON)
LAST_OF_GRACE = today() + timedelta(days=settings.OSR_GRACE_DAYS)

REGENBOOG = ("99001;99AA;99AA00;De Regenboog;ZWOLLE", "99001;99AA;99AA01;De Regenboog;ZWOLLE")
LINDE = "99001;99AB;99AB00;De Linde;DEVENTER"
LINDE_MOVED = "99002;99AB;99AB00;De Linde;DEVENTER"


@pytest.fixture
def support(client):
    """The pages as somebody of support sees them."""
    sign_in_support(client, make_support())
    return client


@pytest.fixture
def reader(client):
    """The pages as a reader of support sees them."""
    sign_in_support(client, make_support("Rik Lezer", role=SupportAccount.Role.READER))
    return client


def upload(client, *contents: bytes, **fields):
    files = [SimpleUploadedFile(f"lijst-{number}.csv", content) for number, content in enumerate(contents, start=1)]
    return client.post(f"{LOG}klaarzetten/", {"files": files, "reason": REASON, **fields})


def uploaded(client, *contents: bytes) -> ListImport:
    assert upload(client, *contents).status_code == 302
    return ListImport.objects.latest("pk")


def page_of(client, waiting: ListImport, part: str = "toepassen"):
    return client.get(f"{LOG}{waiting.pk}/{part}/")


def apply(client, waiting: ListImport, page=None, **fields):
    """Press 'Toepassen' on the page as it was shown."""
    form = (page or page_of(client, waiting)).context["form"]
    given = {"reason": REASON, "shown": form["shown"].value(), **fields}
    return client.post(f"{LOG}{waiting.pk}/toepassen/", given)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


# --- Choosing the lists -----------------------------------------------------------------------------------------------


def test_choosing_lists_leads_to_their_differences_and_changes_nothing(support, regenboog):
    """D19, D20"""
    grant_mandates(
        actor=regenboog.anke, school=regenboog.other_school, choices=[regenboog.rio_by_las()], start_date=today()
    )

    response = upload(support, locations(*REGENBOOG, LINDE_MOVED, "99001;99AC;99AC00;Het Hofje;EDE"))

    waiting = ListImport.objects.get()
    assert response.url == f"{LOG}{waiting.pk}/toepassen/"
    page = text_of(support.get(response.url))
    assert "Er is nog niets veranderd." in page
    assert '<th scope="row">99AB</th><td>De Linde</td>' in page
    assert "bestuur: 99001 Stichting De Regenboog → 99002" in page
    assert f"geldt nog tot en met {day_in_words(LAST_OF_GRACE)}" in page
    assert "Nieuwe scholen (1)" in page
    assert School.objects.get(brin="99AB").board == regenboog.board
    assert Mandate.objects.get().end_date is None


def test_bad_rows_are_shown_with_their_line(support):
    waiting = uploaded(support, locations(*REGENBOOG, "99001;99AB;99AB00; ;DEVENTER"))

    page = text_of(page_of(support, waiting))

    assert "Foute rijen (1)" in page
    assert '<th scope="row">lijst-1.csv</th><td>4</td><td>De naam ontbreekt.</td>' in page


@pytest.mark.parametrize(
    ("contents", "text"),
    [
        ((), "Kies minstens één lijst."),
        ((b"PK\0\1",), "lijst-1.csv is geen tekstbestand. Geef het CSV-bestand, geen Excel- of zipbestand."),
        ((b"",), "lijst-1.csv is leeg."),
        ((b"naam;plaats\nDe Linde;EDE\n",), "Voor een lijst van vestigingen ontbreekt: BEVOEGD GEZAG NUMMER"),
        ((b"a" * 10_000_001,), "lijst-1.csv is groter dan 10 MB."),
        ((b"a" * 6_000_000,) * 2, "Deze bestanden zijn samen groter dan 10 MB."),
        ((locations(LINDE), locations(LINDE_MOVED)), "99AB staat onder bestuur 99001 en in lijst-2.csv onder 99002."),
        ((locations("99001;99AB;99AB00; ;EDE"),), "geen bruikbare rij"),
        ((b"x",) * 11, "Dit zijn 11 bestanden. Kies er hooguit 10 tegelijk."),
    ],
)
def test_what_is_no_list_is_refused_in_words(support, contents, text):
    response = upload(support, *contents)

    assert response.status_code == 422
    assert text in text_of(response).replace("&#x27;", "'")
    assert not ListImport.objects.exists()


def test_a_reason_is_obligatory(support):
    """D4, D14"""
    response = upload(support, locations(LINDE), reason=" ")

    assert response.status_code == 422
    assert "Vul in waarom u dit doet." in text_of(response)


# --- Applying ---------------------------------------------------------------------------------------------------------


def test_applying_does_what_was_shown_with_the_reason_in_the_history(support, regenboog):
    """D14, D20"""
    (mandate,) = grant_mandates(
        actor=regenboog.anke, school=regenboog.other_school, choices=[regenboog.rio_by_las()], start_date=today()
    )
    waiting = uploaded(support, locations(*REGENBOOG, LINDE_MOVED))

    response = apply(support, waiting)

    assert response.url == f"{LOG}{waiting.pk}/change/"
    mandate.refresh_from_db()
    assert mandate.end_date == LAST_OF_GRACE
    entry = Entry.objects.get(type="school.moved")
    assert (entry.actor["name"], entry.actor["kind"], entry.reason) == ("Sam Jansen", "support", REASON)


@pytest.mark.django_db(transaction=True)
def test_the_log_tells_what_an_import_changed(support, regenboog):
    """D14"""
    grant_mandates(
        actor=regenboog.anke, school=regenboog.other_school, choices=[regenboog.rio_by_las()], start_date=today()
    )
    waiting = uploaded(support, locations(*REGENBOOG, LINDE_MOVED), boards("99002;Stichting Het Hofje"))
    apply(support, waiting)

    page = text_of(support.get(f"{LOG}{waiting.pk}/change/"))

    assert "Dit is er veranderd." in page
    # With how many mandates run out because of it.
    assert "bestuur: 99001 Stichting De Regenboog → 99002 Stichting Het Hofje</td><td>1</td>" in page
    log = text_of(support.get(LOG))
    assert "lijst-1.csv, lijst-2.csv" in log
    assert "1 verhuisd" in log
    assert "toegepast" in log


def test_what_changed_meanwhile_is_shown_and_asked_again(support, regenboog):
    """Decision 014"""
    waiting = uploaded(support, locations(*REGENBOOG, LINDE_MOVED))
    seen = page_of(support, waiting)
    beside = prepare_import(actor=KIM, files=[GivenFile("beside.csv", locations(*REGENBOOG, LINDE_MOVED))])
    apply_import(actor=KIM, waiting=beside, shown=page_of(support, beside).context["form"]["shown"].value())

    refused = apply(support, waiting, seen)

    assert refused.status_code == 422
    assert "Het register is intussen veranderd. Bekijk de verschillen opnieuw." in text_of(refused)
    assert "Er zijn geen verschillen" in text_of(refused)
    assert apply(support, waiting, refused).status_code == 302
    assert Entry.objects.filter(type="school.moved").count() == 1


def test_many_gone_asks_for_a_tick_with_the_numbers(support):
    """D19"""
    rows = [f"99001;99{a}{b};0;De Linde;EDE" for a in "ABCDEFGH" for b in "ABCDEFGHIJ"]
    apply(support, uploaded(support, locations(*rows)))
    waiting = uploaded(support, locations(*rows[:20]))

    page = page_of(support, waiting)
    assert "Van de 80 scholen in het primair onderwijs ontbreken er 60 in de lijst." in text_of(page)
    refused = apply(support, waiting, page)

    assert refused.status_code == 422
    assert "Vink aan dat het klopt" in text_of(refused)
    assert not Case.objects.exists()
    assert apply(support, waiting, page, many_gone="on").status_code == 302
    assert Case.objects.count() == 60


def test_an_import_that_was_decided_on_leads_to_its_page_in_the_log(support):
    waiting = uploaded(support, locations(LINDE))
    seen = page_of(support, waiting)
    apply(support, waiting, seen)

    for response in (apply(support, waiting, seen), page_of(support, waiting)):
        assert response.url == f"{LOG}{waiting.pk}/change/"
    assert Entry.objects.filter(type="school.added").count() == 1


def test_not_doing_it_changes_nothing(support):
    waiting = uploaded(support, locations(LINDE))

    support.post(f"{LOG}{waiting.pk}/niet-doen/", {"reason": "Verkeerde lijst"})

    assert not School.objects.exists()
    page = text_of(support.get(f"{LOG}{waiting.pk}/change/"))
    assert "niet gedaan" in page
    assert "Verkeerde lijst" in page


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_long_tables_are_folded_paged_and_downloadable(support):
    rows = [f"99001;98{a}{b};0;De Linde {a}{b};EDE" for a in "ABCDE" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    waiting = uploaded(support, locations(*rows))

    first = text_of(page_of(support, waiting))
    assert "De eerste 25 van 130" in first
    assert "98AZ" not in first
    second = text_of(support.get(f"{LOG}{waiting.pk}/verschillen/scholen-nieuw/?pagina=2"))
    assert "Pagina 2 van 2" in second
    assert "98EZ" in second
    file = support.get(f"{LOG}{waiting.pk}/verschillen/scholen-nieuw.csv")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "BRIN;Naam;Plaats;Wat verandert"
    assert lines[1] == '98AA;De Linde AA;EDE;"sector primair onderwijs; bestuur 99001"'
    assert len(lines) == 131
    assert support.get(f"{LOG}{waiting.pk}/verschillen/bestaat-niet/").status_code == 404


def test_a_reader_sees_the_log_and_the_differences_and_changes_nothing(reader):
    waiting = prepare_import(actor=KIM, files=[GivenFile("lijst.csv", locations(LINDE))])

    page = text_of(reader.get(f"{LOG}{waiting.pk}/change/"))

    assert "Nieuwe scholen (1)" in page
    assert "toepassen/" not in page
    for path in ("klaarzetten/", f"{waiting.pk}/toepassen/", f"{waiting.pk}/niet-doen/"):
        assert reader.get(LOG + path).status_code == 403
        assert reader.post(LOG + path, {"reason": REASON}).status_code == 403
    assert not School.objects.exists()


def test_the_log_is_empty_in_words(support):
    assert "Er is nog niets geïmporteerd." in text_of(support.get(LOG))


def test_the_log_never_reads_the_lists_themselves(support, django_assert_max_num_queries):
    for _ in range(3):
        prepare_import(actor=KIM, files=[GivenFile("lijst.csv", locations(LINDE))])

    with django_assert_max_num_queries(12) as queries:
        support.get(LOG)

    assert not any("contents" in query["sql"] for query in queries.captured_queries)
