"""What happened just now: support changed something on the board's behalf, or a school moved to another board."""

from collections.abc import Sequence

from django.urls import reverse

from journal.acts import ActorKind
from journal.clock import today
from journal.models import Entry
from mandates.history import Asked, Confirmation, Told, entries_about_board, one_confirmation
from mandates.taking_over import arrivals_of
from mandates.wording import exact_moment_in_words
from notifications.letters.digest import arrival_in_words
from notifications.letters.letter import Letter, Link, Section, why_administrator
from notifications.models import Message
from notifications.recipients import preference_of
from notifications.topics import Topic
from schools.models import School

# How many changes of one confirmation are told; the Geschiedenis has them all.
_MOST = 10


def changed_by_support(message: Message) -> Letter | None:
    """What support did with mandates on behalf of the board, in one go (D4).

    None when that was a part of ending an agreement: that message tells it (A7).
    """
    if not preference_of(message.user, message.board).wants(Topic.SUPPORT):
        return None
    in_one_go = entries_about_board(message.board, Asked()).filter(transaction_id=int(message.about))
    if in_one_go.filter(type="agreement.ended").exists():
        return None
    entries = in_one_go.filter(subject_kind="mandate", actor__kind=ActorKind.SUPPORT)
    shown = list(entries.order_by("pk")[:_MOST])
    done = one_confirmation(shown, entries.count(), message.board)
    lines = [_told(each) for each in done.told]
    if done.more:
        lines.append(f"en nog {done.more} andere wijzigingen")
    mandates = "een mandaat" if done.count == 1 else f"{done.count} mandaten"
    return Letter(
        subject=f"Kennisnet support heeft {mandates} gewijzigd – {message.board}",
        opening=f"Kennisnet support heeft namens {message.board} iets gewijzigd.",
        sections=[
            Section(heading="Wie en waarom", lines=_who_and_why(done)),
            Section(
                heading="Wat er is gewijzigd",
                lines=lines,
                link=Link("Naar de geschiedenis van uw bestuur", reverse("mandates:board_history")),
            ),
            Section(heading="Klopt dit niet?", text="Neem dan contact op met Kennisnet support."),
        ],
        why=why_administrator(message, [Topic.SUPPORT]),
        topics=[Topic.SUPPORT],
    )


def _who_and_why(done: Confirmation) -> list[str]:
    return [
        f"Wie: {done.who}",
        f"Wanneer: {exact_moment_in_words(done.moment)}",
        *([f"Reden: {done.reason}"] if done.reason else []),
    ]


def _told(told: Told) -> str:
    about = ", ".join(filter(None, [told.about, told.school]))
    differences = "".join(
        f"; {each.name}: {each.after}" + ("" if each.before is None else f" (was: {each.before})")
        for each in told.differences
    )
    return f"{told.what}: {about}{differences}"


def schools_moved(message: Message) -> Letter | None:
    """Which schools came to the board, and which left it, in one go (D20)."""
    if not preference_of(message.user, message.board).wants(Topic.TRANSFERS):
        return None
    board = message.board
    entries = Entry.objects.filter(
        transaction_id=int(message.about), type="school.moved", boards__contains=[board.number]
    )
    moves = [(entry.subject_key, entry.after["board_id"] == board.pk) for entry in entries]
    names = School.objects.in_bulk([brin for brin, _ in moves], field_name="brin")
    arrived = sorted((names[brin] for brin, came in moves if came), key=str)
    left = sorted((names[brin] for brin, came in moves if not came), key=str)
    return Letter(
        subject=f"{_moved(arrived, left)} – {board}",
        opening=f"Volgens de gegevens van DUO is er iets veranderd bij de scholen van {board}.",
        sections=[*_arrived(message, arrived), *_left(left)],
        why=why_administrator(message, [Topic.TRANSFERS]),
        topics=[Topic.TRANSFERS],
    )


def _moved(arrived: Sequence[School], left: Sequence[School]) -> str:
    if len(arrived) + len(left) > 1:
        return f"{len(arrived) + len(left)} scholen wisselen van bestuur"
    return f"{arrived[0]} hoort nu bij uw bestuur" if arrived else f"{left[0]} hoort niet meer bij uw bestuur"


def _arrived(message: Message, schools: Sequence[School]) -> list[Section]:
    if not schools:
        return []
    came_along = {each.brin: each for each in arrivals_of(message.board, today()).schools}
    lines = [
        arrival_in_words(came_along[school.brin])
        if school.brin in came_along
        else f"{school}: er is geen mandaat over te nemen"
        for school in schools
    ]
    link = Link("Mandaten overnemen", reverse("mandates:take_over"))
    return [
        Section(
            heading="Nu bij uw bestuur",
            text="De mandaten van het vorige bestuur gelden nog even. Neem ze over, of laat ze aflopen.",
            lines=lines,
            link=link,
        )
    ]


def _left(schools: Sequence[School]) -> list[Section]:
    if not schools:
        return []
    return [
        Section(
            heading="Niet meer bij uw bestuur",
            text=(
                "De mandaten die uw bestuur gaf, lopen vanzelf af. Het nieuwe bestuur kan ze overnemen. "
                "U hoeft niets te doen."
            ),
            lines=[str(school) for school in schools],
        )
    ]
