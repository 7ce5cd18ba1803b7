"""What `make run` does before it serves: migrate, fill an empty register with the demo, and say how to begin."""

import json
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, call_command

from accounts.providers import EHERKENNING, MIJN_DUO, Provider, named
from journal.clock import today
from mandates.register_file import as_yaml
from osr import demo
from osr.demo_accounts import ACCOUNTS, PASSWORD, make_demo_accounts
from osr.demo_agreements import make_demo_agreements
from osr.demo_events import make_demo_events
from osr.development import mail_folder
from schools.models import Board

_WELCOME = """
The Onderwijs Serviceregister serves a fictional demo.

  Screens    {web}
  API        {web}/api/v2/mandates
  Mijn DUO   {provider}  (a development identity provider, which plays eHerkenning as well)

  Sign in with Mijn DUO as one of these persons, at the provider, with one click:
{persons}

  Or with eHerkenning:
{by_eherkenning}

  Kennisnet support signs in at {web}/beheer/, with the password '{password}':
{support}
  and then with a code: .venv/bin/python manage.py totp_code hanna

  Ask whether a system is mandated, as a toetsleverancier does:

  {curl}

  Mail that would be sent is in files in {mail}

  Data: {data}   Stop: Ctrl-C
"""


class Command(BaseCommand):
    help = "Maakt het register van `make run` klaar: migraties, de demo, en wie er kan inloggen."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--web", required=True, help="Het adres waarop het register komt te staan.")
        parser.add_argument("--provider", required=True, help="Het adres van de identiteitsverstrekker.")

    def handle(self, *, web: str, provider: str, **options) -> None:
        call_command("migrate", verbosity=0)
        register = demo.demo_register(today())
        if not Board.objects.exists():
            file = Path(settings.OSR_DATA_DIR) / "demo.yaml"
            file.write_text(as_yaml(register))
            call_command("load_register", str(file), stdout=self.stderr)
            make_demo_events()
            make_demo_agreements()
        make_demo_accounts()
        self._write_persons(register["users"])
        self.stdout.write(
            _WELCOME.format(
                web=web,
                provider=provider,
                persons="\n".join(_described(user) for user in register["users"]),
                by_eherkenning="\n".join(_described(asdict(person)) for person in demo.BY_EHERKENNING),
                password=PASSWORD,
                support="\n".join(f"    {person.username:<38} {person.name}, {person.role}" for person in ACCOUNTS),
                curl=_curl(web),
                mail=mail_folder(settings.OSR_DATA_DIR),
                data=settings.OSR_DATA_DIR,
            )
        )

    def _write_persons(self, users: list[dict]) -> None:
        """The persons as the identity provider tells of them: the claims of Mijn DUO and those of eHerkenning."""
        persons = [
            *(_claims(user, named(MIJN_DUO)) for user in users),
            *(_claims(asdict(person), named(EHERKENNING)) for person in demo.BY_EHERKENNING),
        ]
        (Path(settings.OSR_DATA_DIR) / "persons.json").write_text(json.dumps(persons, indent=2))


def _claims(user: dict, provider: Provider) -> dict[str, object]:
    rights = {"beheerder": provider.access_right, "tekenbevoegde": provider.signatory_right}
    return {
        "sub": user["email"],
        "email": user["email"],
        provider.name_claim: user["name"],
        provider.boards_claim: user["boards"],
        provider.rights_claim: [rights[role] for role in user["roles"]],
    }


def _described(user: dict) -> str:
    roles = {"beheerder": "OSR-beheerder", "tekenbevoegde": "tekenbevoegde"}
    held = " and ".join(roles[role] for role in user["roles"])
    rights = f"{held} of {', '.join(user['boards'])}" if held else "no access"
    return f"    {user['email']:<38} {user['name']}, {rights}"


def _curl(web: str) -> str:
    return (
        f"curl -H 'API-Key: {demo.CHECK.api_key}' '{web}/api/v2/mandates?school_oin={demo.CHECK.school_oin}"
        f"&supplier_oin={demo.CHECK.supplier_oin}&service_code={demo.CHECK.service_code}'"
    )
