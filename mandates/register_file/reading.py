"""Reading YAML so that every error can be told with its place, and all of them at once.

The file is read as PyYAML's nodes, not as Python values: a node knows its line, and what was really written. So a board
number without quotes is noticed before YAML makes an (octal) integer of it, and a key that stands twice is not lost.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import yaml

# The parser in C, where PyYAML was built with it, is some ten times as fast; it resolves the same values.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TEXT = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
_BOOLEAN = "tag:yaml.org,2002:bool"
_MAPPING = "tag:yaml.org,2002:map"
_LIST = "tag:yaml.org,2002:seq"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands: the path to it (`mandates[3].school`: of the third mandate), its line, and its file."""

    path: str
    line: int
    file: str

    def __str__(self) -> str:
        return f"{self.path} (regel {self.line})" if self.path else f"regel {self.line}"

    def below(self, path: str, node: yaml.Node) -> "Place":
        """The place of `node`, which `path` leads to from here."""
        return Place(path=f"{self.path}{path}".lstrip("."), line=node.start_mark.line + 1, file=self.file)


class Problems:
    """All that is wrong, each with its place."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = list(files)
        self._found: list[tuple[Place, str]] = []

    def add(self, place: Place, problem: str) -> None:
        self._found.append((place, problem))

    def __bool__(self) -> bool:
        return bool(self._found)

    def sentences(self) -> list[str]:
        """Every problem once, in the order of the files; each names its file when there are several."""
        found = sorted(self._found, key=lambda one: (self._files.index(one[0].file), one[0].line))
        several = len(self._files) > 1
        return list(
            dict.fromkeys(
                f"{place.file}: {place}: {problem}" if several else f"{place}: {problem}" for place, problem in found
            )
        )


class Wrong(Exception):
    """A value is not what belongs there; the text says what does."""


@dataclass
class Item:
    """A mapping of the file: the values it gives (only those), and where they stand."""

    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def at(self, key: str) -> Place:
        """Where the value of `key` stands; the item itself when it has none."""
        return self.places.get(key, self.place)


# What turns a node into a value. It raises `Wrong`, or adds to the problems what is wrong further down.
Reader = Callable[[yaml.Node, Place, Problems], Any]


@dataclass(frozen=True)
class Key:
    """A key that an item may have; `required` for every item, `nullable` when an empty value means: none."""

    read: Reader
    required: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Mapping:
    """Reads an item with these keys. Given `plain`, a single text stands for an item with that one key."""

    keys: dict[str, Key]
    plain: str | None = None

    def __call__(self, node: yaml.Node, place: Place, problems: Problems) -> Item:
        if self.plain and isinstance(node, yaml.ScalarNode):
            value = self.keys[self.plain].read(node, place, problems)
            return Item(place, {self.plain: value}, {self.plain: place})
        if not isinstance(node, yaml.MappingNode) or node.tag != _MAPPING:
            raise Wrong(f"hier horen sleutels met een waarde: {', '.join(self.keys)}")
        item = Item(place)
        for key_node, value_node in node.value:
            self._read_pair(item, key_node, value_node, problems)
        for name, key in self.keys.items():
            if key.required and name not in item.places:
                problems.add(place, f"{name} ontbreekt")
        return item

    def _read_pair(self, item: Item, key_node: yaml.Node, value_node: yaml.Node, problems: Problems) -> None:
        name = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
        place = item.place.below(f".{name}", key_node)
        if name not in self.keys:
            meant = get_close_matches(name, self.keys, n=1)
            problems.add(place, "deze sleutel bestaat niet" + (f"; bedoelt u {meant[0]}?" if meant else ""))
            return
        if name in item.places:
            problems.add(place, f"deze sleutel staat hier al op regel {item.places[name].line}")
            return
        item.places[name] = place
        key = self.keys[name]
        if key.nullable and value_node.tag == _NULL:
            item.values[name] = None
            return
        try:
            item.values[name] = key.read(value_node, place, problems)
        except Wrong as wrong:
            problems.add(place, str(wrong))


@dataclass(frozen=True)
class Listing:
    """Reads a list, each element by `element`; what is wrong is left out. No value may stand in it twice."""

    element: Reader

    def __call__(self, node: yaml.Node, place: Place, problems: Problems) -> list[Any]:
        if node.tag == _NULL:
            return []
        if not isinstance(node, yaml.SequenceNode) or node.tag != _LIST:
            raise Wrong("hier hoort een lijst")
        return list(self._elements(node, place, problems))

    def _elements(self, node: yaml.SequenceNode, place: Place, problems: Problems) -> Iterator[Any]:
        lines: dict[Any, int] = {}
        for number, element_node in enumerate(node.value, start=1):
            here = place.below(f"[{number}]", element_node)
            try:
                element = self.element(element_node, here, problems)
            except Wrong as wrong:
                problems.add(here, str(wrong))
                continue
            if not isinstance(element, Item):
                if element in lines:
                    problems.add(here, f"{element} staat hier al op regel {lines[element]}")
                    continue
                lines[element] = here.line
            yield element


# What steers a screen or a printer, or turns the reading direction, and is no text: a name with it deceives the eye.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def text(node: yaml.Node, *_) -> str:
    """Any text that is not empty."""
    value = possibly_empty_text(node)
    if not value.strip():
        raise Wrong("deze tekst is leeg")
    return value


def possibly_empty_text(node: yaml.Node, *_) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Wrong("hier hoort één tekst")
    if node.tag == _NULL:
        raise Wrong("de waarde ontbreekt; vul haar in of laat de sleutel weg")
    if node.tag != _TEXT:
        raise Wrong(f'{node.value} leest YAML niet als tekst; zet er aanhalingstekens om: "{node.value}"')
    if _NO_TEXT.search(node.value):
        raise Wrong("deze tekst bevat een teken dat geen tekst is")
    return node.value


def matching(pattern: str, form: str, *, upper: bool = False) -> Reader:
    """Text of one form; `form` describes it in Dutch. With `upper`, lower case is read as upper case."""
    compiled = re.compile(pattern)

    def read(node: yaml.Node, *_) -> str:
        try:
            value = text(node)
        except Wrong as wrong:
            if isinstance(node, yaml.ScalarNode) and compiled.fullmatch(node.value):
                raise Wrong(f'zet aanhalingstekens om het nummer: "{node.value}"') from wrong
            raise
        value = value.upper() if upper else value
        if not compiled.fullmatch(value):
            raise Wrong(f"{value} klopt niet: {form}")
        return value

    return read


def one_of(*choices: str) -> Reader:
    def read(node: yaml.Node, *_) -> str:
        value = text(node)
        if value not in choices:
            raise Wrong(f"{value} kan hier niet; kies uit {', '.join(choices)}")
        return value

    return read


def either(word: str, other: Reader) -> Reader:
    """This one word, or what `other` reads."""

    def read(node: yaml.Node, place: Place, problems: Problems) -> Any:
        if isinstance(node, yaml.ScalarNode) and node.value == word:
            return word
        return other(node, place, problems)

    return read


def yes_or_no(node: yaml.Node, *_) -> bool:
    if node.tag != _BOOLEAN or node.value.lower() not in ("true", "false"):
        raise Wrong("hier hoort true of false")
    return node.value.lower() == "true"


def day(node: yaml.Node, *_) -> date:
    """A day as 2026-08-31, in quotes or not."""
    if not isinstance(node, yaml.ScalarNode) or not _DAY.fullmatch(node.value):
        raise Wrong("hier hoort een datum als 2026-08-31")
    try:
        return date.fromisoformat(node.value)
    except ValueError as error:
        raise Wrong(f"{node.value} is geen bestaande datum") from error


def moment(node: yaml.Node, *_) -> datetime:
    """A moment with its time zone."""
    form = "hier hoort een tijdstip met tijdzone, als 2026-08-31T12:00:00Z"
    try:
        value = datetime.fromisoformat(node.value)
    except (TypeError, ValueError) as error:
        raise Wrong(form) from error
    if value.tzinfo is None:
        raise Wrong(form)
    return value


def random_uuid(node: yaml.Node, *_) -> uuid.UUID:
    form = "hier hoort een UUID, als 6a47bfdd-81a7-46cd-b41f-d907e91ebdfc"
    try:
        value = uuid.UUID(node.value)
    except (AttributeError, TypeError, ValueError) as error:
        raise Wrong(form) from error
    if str(value) != node.value.lower():
        raise Wrong(form)
    return value


def read_document(content: bytes, name: str, layout: Mapping, problems: Problems) -> Item | None:
    """The one document in `content`, laid out as `layout` says; None when it cannot be read at all."""
    start = Place(path="", line=1, file=name)
    try:
        node = yaml.compose(content.decode("utf-8-sig"), Loader=_Loader)
    except UnicodeDecodeError:
        problems.add(start, "dit is geen tekstbestand in UTF-8")
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(path="", line=mark.line + 1 if mark else 1, file=name)
        problems.add(place, f"dit is geen geldige YAML ({getattr(error, 'problem', None) or error})")
        return None
    except RecursionError:
        problems.add(start, "dit is geen registerbestand: het is te diep genest")
        return None
    if node is None:
        problems.add(start, "het bestand is leeg")
        return None
    try:
        return layout(node, start, problems)
    except Wrong as wrong:
        problems.add(start, f"dit is geen registerbestand: {wrong}")
        return None
