"""Reading the supplier's guide as its reader does: which examples a page has, and what may differ in an answer.

What a fence may be is said by its marker; any other marker, and indented code, is an error, so that no example escapes:

| marker                 | what it is                                                                            |
| ---------------------- | ------------------------------------------------------------------------------------- |
| `sh`                   | commands to give; the fence below it is what they print, else they print nothing      |
| `http`                 | an answer: status line, those headers that matter, and the body, spaced for the eye   |
| `text`                 | an answer of a program; a line `...` stands for any lines                             |
| `python` `java` `xml`  | a file to make; its first line says its name                                          |

In `sh`, `http` and `text` a text in angle brackets stands for what differs: a day (`<vandaag>`, `<over 14 dagen>`), or
a value (`<token van Klasboek>`) whose first word says which form it has. An answer that shows a value for the first
time sets it; from there on the page means the same value by it, also in what it tells to give.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ANSWERS = {"http", "text"}
FILES = {"python", "java", "xml"}

_FORMS = {
    "token": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "begindatum": r"\d{4}-\d\d-\d\d",
    "nummer": r"[0-9]+",
    "seconden": r"[1-9][0-9]*",
    "kenmerk": r"[0-9A-Z]{8}",
}
_DAYS = {"gisteren": -1, "vandaag": 0, "morgen": 1}
_PLACEHOLDER = re.compile(r"<([a-zA-Z][\w ]*)>")


class Unreadable(Exception):
    """A fence that nobody would run, with its place."""


@dataclass(frozen=True, kw_only=True)
class Fence:
    """One fenced block; `place` is page and line."""

    marker: str
    text: str
    place: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """What a reader gives in a shell, and what it answers; None when it prints nothing."""

    text: str
    answer: Fence | None
    place: str

    @property
    def started_register(self) -> dict[str, str] | None:
        """The environment with which the command starts a register; None when it does something else."""
        match = re.fullmatch(r"((?:\w+=\S+ )*)make run", self.text)
        return dict(setting.split("=", 1) for setting in match[1].split()) if match else None


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that a reader makes."""

    name: str
    text: str
    place: str


def examples(page: Path) -> list[Command | File]:
    """The examples of a page, in its order. Raises `Unreadable` for a fence that is none of them."""
    found: list[Command | File] = []
    before: Fence | None = None
    for fence in _fences(page):
        if fence.marker == "sh":
            found.append(Command(text=fence.text, answer=None, place=fence.place))
        elif fence.marker in FILES:
            found.append(_file(fence))
        elif fence.marker in ANSWERS and before and before.marker == "sh":
            found[-1] = Command(text=before.text, answer=fence, place=before.place)
        elif fence.marker in ANSWERS:
            raise Unreadable(f"{fence.place}: an answer must come right below the commands that it answers")
        else:
            raise Unreadable(f"{fence.place}: no example has the marker {fence.marker!r}")
        before = fence
    return found


def _fences(page: Path) -> Iterator[Fence]:
    lines = iter(enumerate(page.read_text().splitlines(), start=1))
    for number, line in lines:
        place = f"{page.name}:{number}"
        if line.startswith("    ") or "~~~" in line:
            raise Unreadable(f"{place}: write code between ``` and ```")
        if line.lstrip(" >-*").startswith("```"):
            if not line.startswith("```"):
                raise Unreadable(f"{place}: a fence begins at the start of a line")
            inside = []
            for _, text in lines:
                if text.rstrip() == "```":
                    break
                inside.append(text)
            else:
                raise Unreadable(f"{place}: this fence has no end")
            yield Fence(marker=line[3:].strip(), text="\n".join(inside), place=place)


def _file(fence: Fence) -> File:
    first = fence.text.partition("\n")[0]
    name = re.fullmatch(r"(?:#|//|<!--) (\w+\.\w+)(?: -->)?", first)
    if name is None:
        raise Unreadable(f"{fence.place}: the first line must be a comment with the name of the file")
    return File(name=name[1], text=fence.text + "\n", place=fence.place)


class Values:
    """What the placeholders of a page stand for; `day` is today in Europe/Amsterdam."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._known: dict[str, str] = {}

    def fill_in(self, text: str) -> str:
        """The text with everything filled in; raises `Unreadable` for a value that no answer has shown yet."""
        return _PLACEHOLDER.sub(lambda match: self._value(match[1], match[0]), text)

    def _value(self, name: str, placeholder: str) -> str:
        if (value := self._on(name) or self._known.get(name)) is None:
            raise Unreadable(f"{placeholder}: no answer above has shown this value")
        return value

    def _on(self, name: str) -> str | None:
        if name in _DAYS:
            return str(self._day + timedelta(_DAYS[name]))
        if days := re.fullmatch(r"over ([0-9]+) dagen", name):
            return str(self._day + timedelta(int(days[1])))
        return None

    def match(self, expected: str, actual: str) -> bool:
        """Whether `actual` is what is `expected`; if so, the values that it shows are known from here on."""
        shown: dict[str, str] = {}
        pieces, end = [], 0
        for placeholder in _PLACEHOLDER.finditer(expected):
            pieces += [re.escape(expected[end : placeholder.start()]), self._pattern(placeholder[1], shown)]
            end = placeholder.end()
        pieces.append(re.escape(expected[end:]))
        found = re.fullmatch("".join(pieces), actual)
        if found:
            self._known |= {name: found[group] for name, group in shown.items()}
        return found is not None

    def _pattern(self, name: str, shown: dict[str, str]) -> str:
        if value := self._on(name) or self._known.get(name):
            return re.escape(value)
        if name in shown:
            return f"(?P={shown[name]})"
        if (form := _FORMS.get(name.split()[0])) is None:
            raise Unreadable(f"<{name}>: nobody knows the form of this; the first word may be {', '.join(_FORMS)}")
        shown[name] = f"value{len(shown)}"
        return f"(?P<{shown[name]}>{form})"


def is_answer(expected: Fence | None, printed: str, values: Values) -> bool:
    """Whether the commands printed what the page says they do."""
    if expected is None:
        return printed == ""
    if expected.marker == "http":
        return _is_http_answer(expected.text, printed, values)
    return _are_lines(expected.text.splitlines(), printed.splitlines(), values)


def _is_http_answer(expected: str, printed: str, values: Values) -> bool:
    expected_head, _, expected_body = expected.partition("\n\n")
    head, _, body = printed.replace("\r\n", "\n").partition("\n\n")
    status, *headers = (line.strip() for line in head.splitlines())
    expected_status, *expected_headers = expected_head.splitlines()
    return (
        status == expected_status
        and all(any(values.match(_header(each), _header(given)) for given in headers) for each in expected_headers)
        and values.match(_compact(expected_body), _compact(body))
    )


def _header(line: str) -> str:
    name, _, value = line.partition(":")
    return f"{name.lower()}: {value.strip()}"


def _compact(json: str) -> str:
    """JSON without the space between its parts."""
    return "".join(part for part in re.findall(r'"(?:\\.|[^"\\])*"|<[^<>]*>|\s+|[^"\s<]+', json) if not part.isspace())


def _are_lines(expected: list[str], printed: list[str], values: Values) -> bool:
    if not expected:
        return not printed
    first, *rest = expected
    if first == "...":
        return any(_are_lines(rest, printed[skipped:], values) for skipped in range(len(printed) + 1))
    return bool(printed) and values.match(first, printed[0]) and _are_lines(rest, printed[1:], values)
