"""What `make run` does before it serves: migrate, fill an empty register with the demo, and say how to begin."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, call_command

from journal.clock import today
from mandates.register_file import as_yaml
from osr import demo
from osr.demo_events import make_demo_events
from schools.models import Board

_WELCOME = """
The Onderwijs Serviceregister serves a fictional demo.

  Screens    {web}
  API        {web}/api/v2/mandates
  Mijn DUO   {provider}  (a development identity provider)

  Sign in as one of these persons, at the provider, with one click:
{persons}

  Ask whether a system is mandated, as a toetsleverancier does:

  {curl}

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
        self._write_persons(register["users"])
        self.stdout.write(
            _WELCOME.format(
                web=web,
                provider=provider,
                persons="\n".join(_described(user) for user in register["users"]),
                curl=_curl(web),
                data=settings.OSR_DATA_DIR,
            )
        )

    def _write_persons(self, users: list[dict]) -> None:
        """The persons as the identity provider tells of them: the claims of Mijn DUO (domain.md section 8)."""
        claims = {"beheerder": settings.OSR_ACCESS_ROLE, "tekenbevoegde": settings.OSR_SIGNATORY_ROLE}
        persons = [
            {
                "sub": user["email"],
                "email": user["email"],
                settings.OSR_CLAIM_NAME: user["name"],
                settings.OSR_CLAIM_BOARDS: user["boards"],
                settings.OSR_CLAIM_ROLES: [claims[role] for role in user["roles"]],
            }
            for user in users
        ]
        (Path(settings.OSR_DATA_DIR) / "persons.json").write_text(json.dumps(persons, indent=2))


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
