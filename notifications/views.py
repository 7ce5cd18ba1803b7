"""Meldingen: what an OSR-beheerder is mailed about, and the ways from a mail into the register."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import administrator_page
from accounts.middleware import BOARD_SESSION_KEY
from journal.acts import ActorKind
from notifications import unsubscribing
from notifications.actions import choose_topics, unsubscribe
from notifications.forms import PreferencesForm
from notifications.letters.letter import in_a_row
from notifications.models import Message
from notifications.recipients import preference_of

# How many messages the page lists.
_LAST = 10


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Meldingen: what to be mailed about for this board, to which address, and what was sent lately."""
    if request.actor.kind != ActorKind.ADMINISTRATOR:
        # Support, on behalf of the board: what a person is mailed about is that person's.
        return render(request, "notifications/of_persons.html")
    is_sent = request.method == "POST"
    preference = preference_of(request.user, request.board)
    form = PreferencesForm(request.POST if is_sent else request.kept, preference=preference)
    if is_sent and form.is_valid():
        choose_topics(actor=request.actor, wanted=form.wanted(), ending_days=form.cleaned_data["dagen"])
        messages.success(request, "Uw meldingen zijn opgeslagen.")
        return redirect("notifications:preferences")
    return render(
        request,
        "notifications/preferences.html",
        {
            "form": form,
            "problems": form.problems(),
            "address": request.user.email,
            "sent": Message.objects.seen_by(request.user, request.board)[:_LAST],
            "last": _LAST,
        },
        status=422 if is_sent else 200,
    )


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, signed: str) -> HttpResponse:
    """Where the link in a mail leads: one button, and there are no more of them."""
    wish = unsubscribing.read(signed)
    if wish is None or (wish.user, wish.board) != (request.user.pk, request.board.number):
        messages.warning(request, "Deze link is niet voor u of niet voor dit bestuur. Hier kiest u uw eigen meldingen.")
        return redirect("notifications:preferences")
    about = in_a_row([topic.label for topic in wish.topics])
    if request.method == "POST":
        unsubscribe(actor=request.actor, topics=wish.topics)
        messages.success(request, f"U krijgt geen mail meer over {about}.")
        return redirect("notifications:preferences")
    return render(request, "notifications/unsubscribe.html", {"about": about})


@require_safe
def for_board(request: HttpRequest, number: str, path: str) -> HttpResponse:
    """A page of the register, for the board with this number: who acts for several may have another one chosen."""
    target = f"/{path.lstrip('/')}"
    if request.GET:
        target += f"?{request.GET.urlencode()}"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if any(acts_for.board.number == number for acts_for in request.memberships):
        request.session[BOARD_SESSION_KEY] = number
    else:
        messages.warning(request, f"U werkt niet voor het bestuur met nummer {number}.")
    return redirect(target)
