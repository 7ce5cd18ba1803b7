"""Every address x every kind of visitor x what is another board's or supplier's (quality.md, Security; D4, D10, D18).

The URL configuration itself is walked, so that a new route cannot be forgotten: one that this file does not know fails,
and says what to add. Of /beheer/ `tests/accounts/test_who_sees_the_workplace.py` does the rest.

Stichting Zilvermeeuw has everything that a board can have, under names that occur nowhere else. Nobody but its own
people, and its own system over the API, gets to see one of them or to change anything of it.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, time, timedelta
from html import unescape
from io import BytesIO
from itertools import product

import pytest
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import Membership, SupportAccount, User
from agreements.actions import offer_agreement, request_agreement, sign_agreement
from agreements.contents import digest_of, offered_pdf
from agreements.models import Agreement, Offer, Template
from api import limits
from journal.acts import Actor, ActorKind, act, register, transaction_number
from journal.clock import today
from journal.models import Entry
from mandates.actions import Choice, Registration, grant_mandates, hand_out_routing_id, register_endpoint
from mandates.models import Mandate
from notifications import sending, unsubscribing
from notifications.models import Message
from notifications.topics import Topic
from notifications.unsubscribing import Wish
from services.actions import offer_succession, set_successor
from tests import factories as make
from tests.accounts.test_who_sees_the_workplace import filled_in, patterns
from tests.agreements.contracts import text_of
from tests.api.test_callers import certificate, nginx, oin_attribute
from tests.mandates.test_copying_pages import hidden_fields
from tests.register import Regenboog, make_membership, make_support, sign_in_support

DAY = timedelta(days=1)
SISTER_KEY = "osr_zusje"


# --- What there is to see ---------------------------------------------------------------------------------------------


class Zilvermeeuw:
    """Two boards: Stichting Zilvermeeuw, whose things nobody else may see, and De Regenboog, whose people try to.

    Wiebrigje is OSR-beheerder and tekenbevoegde of Zilvermeeuw, Ybeltje signed its agreement.
    """

    # From DUO's lists: suppliers read these of every board, other boards read nothing of each other.
    PUBLIC = (
        "98765", "98QX", "98QY", "98QZ", "0000000700098QX00000", "0000000700098QX00001",
        "Stichting Zilvermeeuw", "Zeekraalhoeve", "Strandpluviernest", "Kluutoever", "Schiermonnikoog",
        "https://zeekraal.example/aflever",
    )  # fmt: skip
    # What people of Zilvermeeuw are called, wrote and are told.
    PRIVATE = (
        "Wiebrigje", "Ybeltje", "zilvermeeuw.example", "wadpenningmeester", "Gebeld over de springvloed",
        "Hoogwaterbericht",
    )  # fmt: skip

    def __init__(self) -> None:
        self.regenboog = other = Regenboog()
        self.bron = make.ServiceFactory(code="BRON-PO", name="BRON PO", takes_endpoints=False)
        self.rod = make.ServiceFactory(code="ROD-PO", name="ROD PO", takes_endpoints=False)
        for system in (other.las, other.other_las):
            make.QualificationFactory(system=system, service=self.rod)
        self.sister = make.SystemFactory(name="Leerspoor Thuis", supplier=other.las.supplier)
        make.ApiKeyFactory(system=self.sister, key=SISTER_KEY)
        sam = make_support("Sam Jansen")
        self.sam = sam.actor(reason="Gebeld over de springvloed")

        self.board = make.BoardFactory(number="98765", name="Stichting Zilvermeeuw")
        self.school = self._school("98QX", "De Zeekraalhoeve")
        self.other_school = self._school("98QY", "Het Strandpluviernest")
        self.wiebrigje = self._person("Wiebrigje Tjallingii", *Membership.Role)
        self.ybeltje = self._person("Ybeltje Roorda", Membership.Role.SIGNATORY)
        self._agreements()
        self._mandates()
        self.document = digest_of(offered_pdf(self.offer))
        self._mail()
        self._signed_in()

    def _school(self, brin: str, name: str):
        school = make.SchoolFactory(brin=brin, name=name, board=self.board, city="Schiermonnikoog")
        make.LocationFactory(school=school)
        return school

    def _person(self, name: str, *roles: Membership.Role) -> User:
        user = make.UserFactory(name=name, email=f"{name.split()[0].lower()}@zilvermeeuw.example")
        for role in roles:
            make_membership(user, self.board, role)
        return user

    def acting(self, user: User, kind: ActorKind = ActorKind.ADMINISTRATOR) -> Actor:
        return Actor(kind=kind, name=str(user), user_id=user.pk, board_number=self.board.number)

    def _agreements(self) -> None:
        """OSR is signed, OSO waits for a signature, VVA can be asked for."""
        osr, oso, _ = (make.TemplateFactory(kind=kind) for kind in ("OSR", "OSO", "VVA"))
        offer = self._offer(osr, self.ybeltje)
        self.agreement: Agreement = sign_agreement(
            actor=self.acting(self.ybeltje, ActorKind.SIGNATORY),
            offer=offer,
            name=str(self.ybeltje),
            function="wadpenningmeester",
            consent=True,
            document_digest=digest_of(offered_pdf(offer)),
        )
        self.offer = self._offer(oso, self.wiebrigje)

    def _offer(self, template: Template, user: User) -> Offer:
        asked = request_agreement(actor=self.sam, board=self.board, kind=template.kind)
        return offer_agreement(
            actor=self.sam,
            offer=asked,
            signatory_name=str(user),
            signatory_email=user.email,
            respond_by=today() + 30 * DAY,
        )

    def _mandates(self) -> None:
        """One for RIO that is used, one whose service is replaced, and one that came with a school."""
        other = self.regenboog
        with transaction.atomic():
            (self.mandate,) = self._granted(other.rio)
            self.confirmation = transaction_number()
        make.QualificationFactory(system=other.las, service=self.bron)
        (self.replaced,) = self._granted(self.bron)
        set_successor(actor=self.sam, service=self.bron, successor=self.rod)
        offer_succession(actor=self.sam, service=self.bron, starts_on=today(), until=today() + 60 * DAY)

        came_along = make.SchoolFactory(brin="98QZ", name="De Kluutoever", board__name="Stichting Wadvogels")
        make.LocationFactory(school=came_along)
        self.came_along = make.MandateFactory(
            school=came_along, service=other.rio, system=other.las, start_date=today() - 100 * DAY
        )
        with act("school.moved", actor=register("DUO-import")):
            came_along.board = self.board
            came_along.save()
        make.MandateFactory(school=other.school, service=other.rio, system=other.las, start_date=today())

        las = Actor(kind=ActorKind.SUPPLIER, name=other.las.name, supplier_oin=other.las.supplier.oin)
        self.routing_id = hand_out_routing_id(actor=las, system=other.las, school=self.school)
        registration = Registration(
            routing_id=self.routing_id,
            namespace=other.rio_version.namespace,
            url="https://zeekraal.example/aflever",
            start_date=today(),
        )
        self.endpoint = register_endpoint(
            actor=las, system=other.las, token=self.mandate.token, registration=registration
        )
        Client().get(f"/api/v2/mandates?{self.question}", headers={"API-Key": Regenboog.TEST_KEY})

    def _granted(self, service) -> list[Mandate]:
        return grant_mandates(
            actor=self.acting(self.wiebrigje),
            school=self.school,
            choices=[Choice(service=service, system=self.regenboog.las)],
            start_date=today(),
        )

    def _mail(self) -> None:
        now = timezone.now()
        Message.objects.create(
            kind=Message.Kind.DIGEST, about=f"{today()}", user=self.wiebrigje, board=self.board,
            state=Message.State.SENT, sent_at=now, sent_to=self.wiebrigje.email, subject="Hoogwaterbericht",
            give_up_at=now + 7 * DAY,
        )  # fmt: skip
        self.unsubscribing = unsubscribing.sign(Wish(self.wiebrigje.pk, self.board.number, (Topic.ENDING,)))

    def _signed_in(self) -> None:
        """Everybody has a browser, or a program that calls."""
        other = self.regenboog
        signatory = make.UserFactory(name="Bert Jansen")
        make_membership(signatory, other.board, Membership.Role.SIGNATORY)
        lead = make_support("Loes Lead", role=SupportAccount.Role.LEAD)
        self.browsers = {
            "the owner": _signed_in(self.wiebrigje),
            "nobody": Client(),
            "a beheerder of another board": _signed_in(other.person),
            "a tekenbevoegde of another board": _signed_in(signatory),
            "somebody without a role": _signed_in(make.UserFactory(name="Carla Visser")),
            "a reader of support": _of_support(make_support("Rik Lezer", role=SupportAccount.Role.READER)),
            "a lead of support": _of_support(lead),
            "a lead on behalf of another board": _of_support(lead, on_behalf_of=other.board),
            "a lead on behalf of the owner": _of_support(lead, on_behalf_of=self.board),
            "another supplier": Client(headers={"API-Key": Regenboog.TEST_KEY}),
        }
        self.callers = {
            "the mandated system": Client(headers={"API-Key": Regenboog.LAS_KEY}),
            "another supplier": self.browsers["another supplier"],
            "another supplier by certificate": _with_certificate(other.test_system.supplier.oin),
            "another system of the supplier": Client(headers={"API-Key": SISTER_KEY}),
            "the supplier without its key": _with_certificate(other.las.supplier.oin),
        }

    @property
    def question(self) -> str:
        """Whether the LAS is mandated for De Zeekraalhoeve, as a check asks it."""
        supplier = self.regenboog.las.supplier.oin
        return f"school_oin={self.school.oin}&supplier_oin={supplier}&service_code=RIO"

    @property
    def tokens(self) -> list[str]:
        """Every token of the register, in both its spellings (D10)."""
        return [text for token in Mandate.objects.values_list("token", flat=True) for text in (str(token), token.hex)]

    @property
    def private(self) -> list[str]:
        """What not even a supplier may read of Zilvermeeuw."""
        uuids = (self.mandate.uuid, self.replaced.uuid, self.came_along.uuid, self.agreement.uuid, self.offer.uuid)
        links = [f'/api/v2/mandates/{mandate.pk}"' for mandate in (self.mandate, self.replaced, self.came_along)]
        return [*self.PRIVATE, *self.tokens, *(spelt for uuid in uuids for spelt in (str(uuid), uuid.hex)), *links]

    @property
    def own(self) -> list[str]:
        """What no other board may read."""
        return [*self.PUBLIC, *self.private]


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _of_support(account: SupportAccount, on_behalf_of=None) -> Client:
    client = Client()
    sign_in_support(client, account)
    if on_behalf_of:
        client.post(f"/beheer/schools/board/{on_behalf_of.pk}/namens/", {"reason": "Op verzoek van het bestuur"})
    return client


def _with_certificate(oin: str) -> Client:
    return Client(headers={"Client-Cert": nginx(certificate(oin_attribute(oin)))})


# --- The walk ---------------------------------------------------------------------------------------------------------


def _routes(found=None, before: str = "") -> Iterator[str]:
    for one in found or get_resolver().url_patterns:
        # allauth writes its own as regular expressions.
        route = before + re.sub(r"\^?\(\?P<(\w+)>[^)]*\)", r"<str:\1>", str(one.pattern))
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, route)
        elif isinstance(one, URLPattern) and not route.startswith("beheer/"):
            yield route


ROUTES = list(_routes())
PAGES = [route for route in ROUTES if not route.startswith("api/")]
CALLS = [route for route in ROUTES if route.startswith("api/")]

# What everybody may open, by how a route begins; the last three are buttons of who is signed in.
FOR_EVERYBODY = (
    "health/", "leveranciers/", "hulp/", "toegankelijkheid/", "privacy/", "status/", "inloggen/", "api/v2/api-docs",
    "uitloggen/", "namens-bestuur/stoppen/", "bestuur-kiezen/",
)  # fmt: skip

# What is filled in for a parameter, by how the route ends there. First what names something of Zilvermeeuw: it is
# refused to everybody else. Then what names nothing of anybody.
OF_THE_OWNER: dict[str, Callable[[Zilvermeeuw], object]] = {
    "scholen/<str:brin>": lambda z: z.school.brin,
    "mandaten/<uuid:uuid>": lambda z: z.mandate.uuid,
    "aanbod/<uuid:uuid>": lambda z: z.offer.uuid,
    "overeenkomsten/<uuid:uuid>": lambda z: z.agreement.uuid,
    "afmelden/<str:signed>": lambda z: z.unsubscribing,
    "bestuur/<str:number>": lambda z: z.board.number,
    "api/v2/schools/<str:id>": lambda z: z.school.pk,
    "api/v2/boards/<str:id>": lambda z: z.board.pk,
    "api/v2/mandates/<str:id>": lambda z: z.mandate.pk,
    "api/v2/endpoints/<str:id>": lambda z: z.endpoint.pk,
}
OF_NOBODY: dict[str, Callable[[Zilvermeeuw], object]] = {
    ".<str:kind>": lambda z: ("csv", "xlsx"),
    "aanvragen/<str:kind>": lambda z: "VVA",
    "privacybijsluiter/<str:kind>": lambda z: "OSR",
    "<int:version>": lambda z: 1,
    "over-te-nemen-<str:code>": lambda z: "BRON-PO",
    "over-te-nemen/<str:code>": lambda z: "BRON-PO",
    "<path:path>": lambda z: "mandaten/",
    "leveranciers/<slug:name>": lambda z: "mandaten",
    "hulp/<slug:name>": lambda z: "kopieren",
    "inloggen/<str:provider_id>": lambda z: "mijn-duo",
    "api/v2/services/<str:id>": lambda z: z.regenboog.rio.pk,
    "api/v2/service-versions/<str:id>": lambda z: z.regenboog.rio_version.pk,
}
_PARAMETER = re.compile(r"<\w+:\w+>")


def known(upto: str) -> str | None:
    """The line of the tables above for a route as far as its parameter, if there is one."""
    return next((ending for ending in (*OF_THE_OWNER, *OF_NOBODY) if upto.endswith(ending)), None)


def addresses(zilvermeeuw: Zilvermeeuw, route: str) -> list[str]:
    """The addresses of the route, about Zilvermeeuw wherever it can be."""
    fillings = []
    for parameter in _PARAMETER.finditer(route):
        line = known(route[: parameter.end()])
        filling = (OF_THE_OWNER | OF_NOBODY)[line](zilvermeeuw)
        fillings.append(filling if isinstance(filling, tuple) else (filling,))
    between = _PARAMETER.split(route)
    return [
        "/" + "".join(f"{text}{value}" for text, value in zip(between, (*chosen, ""), strict=True))
        for chosen in product(*fillings)
    ]


def names_the_owner(route: str) -> bool:
    """Whether an address of the route is about something of Zilvermeeuw."""
    return any(known(route[: parameter.end()]) in OF_THE_OWNER for parameter in _PARAMETER.finditer(route))


def for_everybody(route: str) -> bool:
    return not route or route.startswith(FOR_EVERYBODY)


# --- Asking, and reading what is answered -----------------------------------------------------------------------------


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Whatever the block does to the database is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, address: str, method: str = "get", data=None, **how):
    """The answer, at the end of all redirects unless it says otherwise. The cookies stay as they were."""
    cookies, client.cookies = client.cookies, deepcopy(client.cookies)
    try:
        return getattr(client, method)(address, data, **{"follow": True} | how)
    finally:
        client.cookies = cookies


def readable(response) -> str:
    """All that can be read of an answer: headers, page, PDF or spreadsheet."""
    kind, content = response.headers.get("Content-Type", ""), response.content
    if kind == "application/pdf":
        body = text_of(content)
    elif "spreadsheet" in kind:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            body = " ".join(parts.read(name).decode() for name in parts.namelist())
    else:
        body = unescape(content.decode())
    return f"{response.headers} {body}"


def told(response, marks: list[str], asked: object = "") -> list[str]:
    """Which of the marks are in the answer, as whole words; what one sent oneself is no news."""
    text, sent = readable(response), f"{asked}"
    # Part of a longer word a short one may be by chance: pages hold random secrets against forgery.
    found = (mark for mark in marks if mark in text and re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", text))
    return [mark for mark in found if mark not in sent]


# --- The two boards are made once; each test leaves them as they are --------------------------------------------------


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> Iterator[Zilvermeeuw]:
    """Kept as the register keeps it, in transactions of its own: what was confirmed has a number, and can be undone."""
    with django_db_blocker.unblock():
        try:
            yield Zilvermeeuw()
        finally:
            call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def zilvermeeuw(made, db, monkeypatch) -> Zilvermeeuw:
    """With the limits of the API not yet reached, and an identity provider that sends everybody back at once."""
    monkeypatch.setattr(limits, "supplier_calls", limits.Counter())
    monkeypatch.setattr(limits, "failed_calls", limits.Counter())
    at_provider = {"authorization_endpoint": "/", "token_endpoint": "/"}
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", at_provider)
    return made


# --- Every route is known ---------------------------------------------------------------------------------------------


def test_every_route_can_be_filled_in():
    assert len(PAGES) > 50
    assert len(CALLS) > 10
    for route in ROUTES:
        for parameter in _PARAMETER.finditer(route):
            assert known(route[: parameter.end()]), (
                f"{route}: say in OF_THE_OWNER what of Zilvermeeuw stands for {parameter[0]}, "
                "or in OF_NOBODY what does when it names nothing of anybody"
            )


def test_no_line_of_the_tables_is_left_over():
    """A line that stands for nothing any more would hide that its route is walked otherwise."""
    upto = {route[: parameter.end()] for route in ROUTES for parameter in _PARAMETER.finditer(route)}

    assert {known(each) for each in upto} == {*OF_THE_OWNER, *OF_NOBODY}
    assert not [start for start in FOR_EVERYBODY if not any(route.startswith(start) for route in ROUTES)]
    assert {*SENT, *ALSO_SENT} <= {*PAGES}
    assert {*ASKED, *WITH_TOKEN, *FOR_EVERY_SUPPLIER} <= {*CALLS}


# --- Pages: the owner reads and changes what nobody else does ---------------------------------------------------------

# What the people of Zilvermeeuw read on a page, by how its route begins; the first line that fits counts. Without this
# a page that shows nothing at all would do.
OWNER_READS = {
    "overzicht/": "Zeekraalhoeve",
    "mandaten/": "Zeekraalhoeve",
    "scholen/<str:brin>/routeringskenmerken": "https://zeekraal.example/aflever",
    "scholen/<str:brin>/raadplegingen": "Toetsplein",
    "scholen/<str:brin>/geschiedenis": "Wiebrigje",
    "scholen/<str:brin>": "Zeekraalhoeve",
    "overstappen/": "Zeekraalhoeve",
    "over-te-nemen/<str:code>/": "Zeekraalhoeve",
    "over-te-nemen/": "Kluutoever",
    "geschiedenis/": "Gebeld over de springvloed",
    "ongedaan-maken/": "Zeekraalhoeve",
    "downloads/geschiedenis": "Gebeld over de springvloed",
    "downloads/overeenkomsten": "wadpenningmeester",
    "downloads/over-te-nemen.": "Kluutoever",
    "downloads/": "Zeekraalhoeve",
    "overeenkomsten/aanvragen/": "Ybeltje",
    "overeenkomsten/aanbod/<uuid:uuid>/weigeren/": "Overeenkomst OSO",
    "overeenkomsten/aanbod/": "Zeekraalhoeve",
    "overeenkomsten/privacybijsluiter/": "Naam en e-mailadres van de OSR-beheerder",
    "overeenkomsten/": "wadpenningmeester",
    "meldingen/afmelden/": "mandaten die aflopen",
    "meldingen/": "Hoogwaterbericht",
    "bestuur/": "Zeekraalhoeve",
}
OF_BOARDS = [route for route in PAGES if not for_everybody(route)]

# What the forms send, by route: all of it changes something of Zilvermeeuw when its own people send it. Where nothing
# stands here, nothing is sent along.
SENT: dict[str, Callable[[Zilvermeeuw], dict]] = {
    "scholen/<str:brin>/mandaten/toevoegen/": lambda z: {
        "dienst": "RIO", "systeem-RIO": z.regenboog.other_las.uuid, "startdatum": today(),
    },
    "mandaten/toevoegen/": lambda z: {
        "dienst": "RIO", "systeem-RIO": z.regenboog.other_las.uuid, "startdatum": today(), "scholen": ["98QX", "98QY"],
    },
    "mandaten/wijzigen/": lambda z: {"mandaten": [z.mandate.uuid, z.replaced.uuid], "wat": "intrekken"},
    "mandaten/<uuid:uuid>/wijzigen/": lambda z: {"einddatum": today() + 200 * DAY, "gezien": f"{today()}/"},
    "mandaten/<uuid:uuid>/intrekken/": lambda z: {},
    "mandaten/<uuid:uuid>/kopieren/": lambda z: {"scholen": "98QY"},
    "overstappen/": lambda z: {
        "van": z.regenboog.las.uuid, "naar": z.regenboog.other_las.uuid, "dienst": "RIO", "dag": today() + 7 * DAY,
        "scholen": "98QX",
    },
    "over-te-nemen/": lambda z: {"mandaat": z.came_along.uuid},
    "over-te-nemen/<str:code>/": lambda z: {"mandaat": z.replaced.uuid},
    "ongedaan-maken/": lambda z: {"transactie": z.confirmation},
    "overeenkomsten/aanvragen/<str:kind>/": lambda z: {"opmerking": "Graag voor de zomer"},
    "overeenkomsten/aanbod/<uuid:uuid>/": lambda z: {
        "naam": "Wie Dan Ook", "functie": "bestuurder", "akkoord": "on", "document": z.document,
    },
    "overeenkomsten/aanbod/<uuid:uuid>/weigeren/": lambda z: {"reden": "Wij willen niet"},
    "meldingen/": lambda z: {"dagen": "7"},
    "meldingen/afmelden/<str:signed>/": lambda z: {},
}  # fmt: skip
# These change what one's own session does.
ALSO_SENT: dict[str, Callable[[Zilvermeeuw], dict]] = {"bestuur-kiezen/": lambda z: {"board": z.board.number}}

# What one tries in an address, to see more than one may.
NARROWED: dict[str, Callable[[Zilvermeeuw], str]] = {
    "searched for": lambda z: (
        "zoek=zeekraal&q=zeekraal&eerder=ja&jaren=alle&pagina=alle&download"
        f"&dienst=RIO&leverancier={z.regenboog.las.supplier.oin}"
    ),
    "of one confirmation": lambda z: f"bevestiging={z.confirmation}",
    "filled in": lambda z: (
        f"dienst=RIO&scholen=98QX&mandaten={z.mandate.uuid}&gekozen={z.mandate.uuid.hex}&alleen=gekozen"
        f"&mandaat={z.came_along.uuid}&van={z.regenboog.las.uuid}"
    ),
}

WITHOUT_BOARD = ["nobody", "another supplier", "somebody without a role", "a reader of support", "a lead of support"]
OF_ANOTHER_BOARD = [
    "a beheerder of another board", "a tekenbevoegde of another board", "a lead on behalf of another board",
]  # fmt: skip


def sent(zilvermeeuw: Zilvermeeuw, route: str) -> dict:
    """The fields that are sent to an address of the route."""
    return (SENT | ALSO_SENT).get(route, lambda z: {})(zilvermeeuw)


def press(client: Client, address: str, fields: dict):
    """Send a form and, when that leads to a preview, confirm it."""
    response = ask(client, address, "post", fields)
    shown = hidden_fields(response) if response.status_code == 200 and not response.redirect_chain else {}
    return ask(client, address, "post", {**shown, "stap": "bevestigen"}) if "gezien" in shown else response


def changes(zilvermeeuw: Zilvermeeuw) -> int:
    """How many changes there were but those of De Regenboog's own: the journal has each of them (D14)."""
    return Entry.objects.exclude(boards=[zilvermeeuw.regenboog.board.number]).count()


def tried(
    zilvermeeuw: Zilvermeeuw, visitor: str, routes: Iterable[str], *, sends: bool = False, query: str = ""
) -> Iterator[tuple[str, str, HttpResponse]]:
    """What a visitor is answered at the addresses of the routes: never anything of Zilvermeeuw, and nothing changes."""
    client, own, before = zilvermeeuw.browsers[visitor], zilvermeeuw.own, changes(zilvermeeuw)
    for route in routes:
        for address in addresses(zilvermeeuw, route):
            fields = sent(zilvermeeuw, route) if sends else {}
            with nothing_kept():
                response = press(client, address, fields) if sends else ask(client, f"{address}?{query}")
                assert changes(zilvermeeuw) == before, f"{visitor} changes something at {address}"
            # To support the workplace shows every board.
            if not response.request["PATH_INFO"].startswith("/beheer/"):
                read = told(response, own, (address, query, fields))
                assert not read, f"{visitor} reads {read} at {address}"
            yield route, address, response


@pytest.mark.parametrize("route", OF_BOARDS)
def test_the_owner_reads_it_and_no_token(zilvermeeuw, route):
    """D10; and what nobody else reads below is there to be read."""
    reads = next((text for start, text in OWNER_READS.items() if route.startswith(start)), None)
    assert reads, f"{route}: say in OWNER_READS what its own people read there, or in FOR_EVERYBODY that it is public"

    for address in addresses(zilvermeeuw, route):
        response = ask(zilvermeeuw.browsers["the owner"], address)

        assert response.status_code == 200, address
        assert reads in readable(response), address
        assert told(response, zilvermeeuw.tokens) == [], address


@pytest.mark.parametrize("route", SENT)
def test_the_owner_changes_it_and_reads_no_token(zilvermeeuw, route):
    """D10; and what others send below to no avail is what a form of the page sends."""
    before = changes(zilvermeeuw)
    (address,) = addresses(zilvermeeuw, route)
    with nothing_kept():
        response = press(zilvermeeuw.browsers["the owner"], address, sent(zilvermeeuw, route))

        assert changes(zilvermeeuw) != before, readable(response)
        assert told(response, zilvermeeuw.tokens) == []


@pytest.mark.parametrize("sends", [False, True], ids=["reading", "sending forms"])
@pytest.mark.parametrize("visitor", WITHOUT_BOARD)
def test_who_acts_for_no_board_comes_where_everybody_may_and_nowhere_else(zilvermeeuw, visitor, sends):
    """D4"""
    # What a supplier may ask over the API: see below.
    routes = PAGES if visitor == "another supplier" else ROUTES
    for route, address, response in tried(zilvermeeuw, visitor, routes, sends=sends):
        if for_everybody(route) or response.status_code == 405:
            continue
        if route in CALLS:
            assert response.status_code == 401, address
        elif visitor in ("nobody", "another supplier"):
            assert response.redirect_chain[0][0].startswith("/?next="), address
        else:
            assert response.status_code == 403, address


@pytest.mark.parametrize("sends", [False, True], ids=["reading", "sending forms"])
@pytest.mark.parametrize("visitor", OF_ANOTHER_BOARD)
def test_who_acts_for_another_board_is_refused_what_is_not_theirs(zilvermeeuw, visitor, sends):
    """D4: nor is anything of it in their own pages, lists and files."""
    for route, address, response in tried(zilvermeeuw, visitor, PAGES, sends=sends):
        if names_the_owner(route):
            assert response.status_code in (403, 404, 405) or response.redirect_chain, address


@pytest.mark.parametrize("narrowed", NARROWED)
@pytest.mark.parametrize("visitor", OF_ANOTHER_BOARD[:2])
def test_nothing_of_another_board_is_found_by_what_an_address_asks(zilvermeeuw, visitor, narrowed):
    """D4: in searches, filters and forms that an address fills in."""
    query = NARROWED[narrowed](zilvermeeuw)
    found = {response.status_code for *_, response in tried(zilvermeeuw, visitor, OF_BOARDS, query=query)}

    assert 200 in found


# --- The API: a supplier reads what all suppliers may, and what is its system's own -----------------------------------

# What is asked about De Zeekraalhoeve, by route; where nothing stands here nothing is asked.
ASKED: dict[str, Callable[[Zilvermeeuw], str]] = {
    "api/v2/schools": lambda z: "name=zeekraal",
    "api/v2/mandates": lambda z: z.question,
    "api/v2/school-mandates": lambda z: "service_code=RIO",
    "api/v2/endpoints": lambda z: (
        f"school_oin={z.school.oin}&service_version_namespace={z.regenboog.rio_version.namespace}"
    ),
    "api/v2/endpoints/available-routing-id": lambda z: f"school_oin={z.school.oin}",
}
# Where the mandated system gets its token (D10).
WITH_TOKEN = {"api/v2/mandates", "api/v2/mandates/<str:id>", "api/v2/school-mandates"}
# What every supplier may ask: DUO's lists, the services, where messages arrive (D18), a check, its own mandates. The
# rest is refused to all but the mandated system.
FOR_EVERY_SUPPLIER = {
    "api/v2/schools", "api/v2/schools/<str:id>", "api/v2/boards/<str:id>", "api/v2/services",
    "api/v2/services/<str:id>", "api/v2/service-versions", "api/v2/service-versions/<str:id>", "api/v2/mandates",
    "api/v2/school-mandates", "api/v2/endpoints", "api/v2/endpoints/<str:id>", "api/v2/api-docs",
}  # fmt: skip
OTHER_CALLERS = [
    "another supplier", "another supplier by certificate", "another system of the supplier",
    "the supplier without its key",
]  # fmt: skip


def calls(zilvermeeuw: Zilvermeeuw, route: str) -> list[str]:
    """What is asked at a route of the API."""
    question = ASKED.get(route, lambda z: "")(zilvermeeuw)
    return [f"{address}?{question}" for address in addresses(zilvermeeuw, route)]


def writes(zilvermeeuw: Zilvermeeuw) -> list[tuple[str, str, dict]]:
    """What the mandated system can change: method, address and body."""
    registered = {
        "mandate_token": zilvermeeuw.mandate.token,
        "routing_id": f"{zilvermeeuw.routing_id[:-3]}777",
        "service_version_namespace": zilvermeeuw.regenboog.rio_version.namespace,
        "url": "https://elders.example/aflever",
    }
    endpoint = f"/api/v2/endpoints/{zilvermeeuw.endpoint.pk}"
    moved = {"url": "https://elders.example/aflever", "mandate_token": zilvermeeuw.mandate.token}
    return [("post", "/api/v2/endpoints", registered), ("put", endpoint, moved), ("delete", endpoint, {})]


@pytest.mark.parametrize("route", CALLS)
def test_the_mandated_system_is_answered(zilvermeeuw, route):
    """D10, D18"""
    for asked in calls(zilvermeeuw, route):
        with nothing_kept():
            response = ask(zilvermeeuw.callers["the mandated system"], asked)

        assert response.status_code == 200, f"{route}: say in ASKED what to ask there; it answers {response.content}"
        assert (str(zilvermeeuw.mandate.token) in readable(response)) == (route in WITH_TOKEN)


@pytest.mark.parametrize("caller", OTHER_CALLERS)
def test_another_caller_reads_what_all_suppliers_may_and_is_refused_the_rest(zilvermeeuw, caller):
    """D10, D18: no token, no mandate and no name of a person; and reading changes nothing."""
    client, private, before = zilvermeeuw.callers[caller], zilvermeeuw.private, changes(zilvermeeuw)
    for route in CALLS:
        for asked in calls(zilvermeeuw, route):
            with nothing_kept():
                response = ask(client, asked)
                assert changes(zilvermeeuw) == before, asked

            assert told(response, private, asked) == [], asked
            refused = response.status_code in (401, 403, 404)
            assert refused or route in FOR_EVERY_SUPPLIER, (
                f"{asked}: if all suppliers may, say so in FOR_EVERY_SUPPLIER"
            )


def test_to_others_a_check_says_yes_and_no_more(zilvermeeuw):
    """D10"""
    for caller in OTHER_CALLERS:
        answer = zilvermeeuw.callers[caller].get(f"/api/v2/mandates?{zilvermeeuw.question}")

        assert answer.json() == {"mandated": True}, caller


def test_the_mandated_system_changes_its_endpoints(zilvermeeuw):
    """D18: what is sent below to no avail is in order."""
    before = changes(zilvermeeuw)
    for method, address, body in writes(zilvermeeuw):
        with nothing_kept():
            client = zilvermeeuw.callers["the mandated system"]
            response = ask(client, address, method, body, content_type="application/json")

            assert changes(zilvermeeuw) != before, response.content


@pytest.mark.parametrize("caller", [*OTHER_CALLERS, "nobody", "a beheerder of another board", "the owner"])
def test_nobody_else_changes_anything_over_the_api_not_even_with_the_token(zilvermeeuw, caller):
    """D10, D18"""
    client, before = (zilvermeeuw.callers | zilvermeeuw.browsers)[caller], changes(zilvermeeuw)
    for route, method in product(CALLS, ("post", "put", "patch", "delete")):
        written = [(address, {}) for address in addresses(zilvermeeuw, route)]
        written += [(address, body) for how, address, body in writes(zilvermeeuw) if how == method]
        for address, body in written:
            with nothing_kept():
                response = ask(client, address, method, body, content_type="application/json")

                assert response.status_code in (400, 401, 403, 404, 405), (method, address)
                assert changes(zilvermeeuw) == before, (method, address)
            assert told(response, zilvermeeuw.private, (address, body)) == [], (method, address)


# --- A token is for the mandated system, over the API, and nowhere else (D10); pages of boards: see above -------------


def test_who_acts_on_behalf_of_the_owner_reads_no_token(zilvermeeuw):
    """D10: support neither."""
    tokens, lead = zilvermeeuw.tokens, zilvermeeuw.browsers["a lead on behalf of the owner"]
    for address in (each for route in OF_BOARDS for each in addresses(zilvermeeuw, route)):
        with nothing_kept():
            response = ask(lead, address)

        assert told(response, tokens) == [], address
        # Only a tekenbevoegde signs and declines (A3).
        assert response.status_code == 200 or "/aanbod/" in address, address


def test_a_token_is_on_no_page_and_in_no_file_of_the_workplace(zilvermeeuw):
    """D10: its first characters find the mandate, and it is not shown then either."""
    tokens, lead = zilvermeeuw.tokens, zilvermeeuw.browsers["a lead of support"]
    mandate, supplier = zilvermeeuw.mandate, zilvermeeuw.regenboog.las.supplier
    why = f"school=98QX&dienst=RIO&leverancier={supplier.oin}"
    found = ask(lead, "/beheer/zoeken/", "post", {"q": mandate.token.hex[:8]})

    assert found.redirect_chain[-1][0] == f"/beheer/mandates/mandate/{mandate.pk}/change/"
    assert told(found, tokens) == []
    asked = [f"/beheer/waarom/{page}?{why}" for page in ("", "leverancier/", "leverancier.txt")]
    for address in [*asked, *(filled_in(name, pattern) for name, pattern, _ in patterns())]:
        with nothing_kept():
            assert told(ask(lead, address, follow=False), tokens) == [], address


def test_a_token_is_in_no_mail(zilvermeeuw):
    """D10"""
    sending.read_journal()
    sending.make_digests(datetime.combine(today(), time(8), tzinfo=timezone.get_current_timezone()))
    sending.send_waiting()
    texts = [
        " ".join([letter.subject, letter.body, *(part.content for part in letter.alternatives)])
        + " ".join(text_of(pdf.content) for pdf in letter.attachments)
        for letter in mail.outbox
    ]

    assert any("Wiebrigje" in text for text in texts)
    assert any("wadpenningmeester" in text for text in texts)  # the document that Ybeltje signed
    assert not [token for token in zilvermeeuw.tokens for text in texts if token in text]


def test_a_token_is_in_no_line_of_the_log(zilvermeeuw, caplog):
    """D10: whoever reads pages, asks or registers with it, and whether that goes well or not."""
    with caplog.at_level("DEBUG"):
        for client in (zilvermeeuw.browsers["the owner"], *zilvermeeuw.callers.values()):
            for asked in (each for route in CALLS for each in calls(zilvermeeuw, route)):
                with nothing_kept():
                    ask(client, asked)
            for method, address, body in writes(zilvermeeuw):
                with nothing_kept():
                    ask(client, address, method, body, content_type="application/json")

    assert f"/api/v2/endpoints/{zilvermeeuw.endpoint.pk}" in caplog.text
    assert not [token for token in zilvermeeuw.tokens if token in caplog.text]
