"""The handleiding for OSR-beheerders (`/hulp/`), for everybody to read; `make screenshots` makes its pictures."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

# The chapters in the order of reading: the name in the address, and the title.
CHAPTERS = {
    "inloggen": "Inloggen",
    "mandaat-toevoegen": "Een mandaat toevoegen",
    "kopieren": "Een mandaat kopiëren",
    "wijzigen": "Mandaten wijzigen en intrekken",
    "overstappen": "Overstappen naar een ander systeem",
    "overzicht": "Zien wat er ontbreekt",
    "routeringskenmerken": "Routeringskenmerken en OSO",
    "geschiedenis": "Zien wie wat heeft gedaan",
    "over-te-nemen": "Scholen van een ander bestuur",
    "meldingen": "Mail over uw mandaten",
    "overeenkomsten": "Overeenkomsten aanvragen en tekenen",
    "wat-te-doen-bij": "Wat te doen bij ...",
}


@require_safe
def manual(request: HttpRequest, name: str = "") -> HttpResponse:
    """The list of chapters, or one of them; 404 when there is none of that name."""
    if name and name not in CHAPTERS:
        raise Http404
    template = f"manual/{name}.html" if name else "manual/index.html"
    return render(request, template, {"chapters": CHAPTERS.items(), "name": name, "title": CHAPTERS.get(name, "Hulp")})
