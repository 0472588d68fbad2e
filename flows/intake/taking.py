"""Which members of a package are taken in, refused, or passed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.intake import wacz
from flows.intake.forms import PACKAGE, PAGE, WACZ, Form, form_of
from flows.intake.manifests import MANIFEST
from flows.intake.member_manifests import MANIFEST_BYTES, MemberManifests
from flows.intake.members import Member, is_hidden, plain_name, unsafe_words
from flows.intake.pages import reading_failure
from flows.intake.refusals import MemberRefused
from flows.intake.spools import Spool, Stretch
from flows.intake.walk import Found
from flows.limits import Limits

SECOND = "a second member of this name"
_ATTACKS = ("member_link", "member_device")


@dataclass(frozen=True, slots=True)
class Taken:
    """A member that was spooled.

    Args:
        name: Its name below the package.
        form: What it holds.
        stretch: Where its content lies.
        is_second: Whether there was a member of this name before.
    """

    name: str
    form: Form
    stretch: Stretch
    is_second: bool


class Taking:
    """What is taken in of one package, and what is not.

    Args:
        package: The package.
        spool: Where its pages go; sources in it go into a folder of this name and `.members`.
        limits: What is taken on at most.
    """

    def __init__(self, package: Found, spool: Path, limits: Limits) -> None:
        self.pages = Spool(spool)
        self.manifests = MemberManifests(limits.package_members)
        self.descriptions: dict[str, bytes] = {}
        self.names: set[str] = set()
        self.taken: list[Taken] = []
        self.refusals: list[tuple[str, MemberRefused]] = []
        self.passed_over_count = self.passed_over_bytes = 0
        self._folder = Path(f"{spool}.members")
        self._nested_count = 0
        self._limits = limits
        self._is_nested_out = package.depth + 1 >= limits.package_depth
        self._is_wacz = package.form.media_type == WACZ

    def take(self, member: Member) -> None:
        """Takes a member in, refuses it, or passes it over.

        Raises what the reading of the package raises, and OSError when nothing can be spooled.
        """
        try:
            self._take(member)
        except MemberRefused as refusal:
            self.refusals.append((member.name, refusal.kept()))

    def _take(self, member: Member) -> None:
        if (words := unsafe_words(member.name)) is not None:
            raise MemberRefused("member_name_unsafe", words)
        name = plain_name(member.name)
        if member.code in _ATTACKS and not is_hidden(name):
            raise MemberRefused(member.code, member.words)
        form = None if is_hidden(name) else form_of(name)
        if self._is_wacz and name in (wacz.DATAPACKAGE, wacz.DIGEST):
            self.descriptions[name] = self._read_aside(name, member)
        elif name.rpartition("/")[2] == MANIFEST and not is_hidden(name):
            self.manifests.add(name, self._read_aside(name, member))
        elif form is None or (self._is_wacz and not wacz.is_wanted(name)):
            self.passed_over_count += 1
            self.passed_over_bytes += member.length
        elif member.code is not None:
            raise MemberRefused(member.code, member.words)
        else:
            is_second = self._is_second(name)
            stretch = self._spooled(member, form, is_second)
            self.taken.append(Taken(name, form, stretch, is_second))

    def _read_aside(self, name: str, member: Member) -> bytes:
        """Returns the content of a member that speaks of others."""
        if member.code is not None:
            raise MemberRefused(member.code, member.words)
        if self._is_second(name):
            raise MemberRefused("member_duplicate", f"{SECOND}; the first counts")
        return _held(member)

    def _is_second(self, name: str) -> bool:
        is_second = name in self.names
        self.names.add(name)
        return is_second

    def _spooled(self, member: Member, form: Form, is_second: bool) -> Stretch:
        if form.kind == PAGE:
            return self.pages.append(_content(member), self._limits.capture_bytes)
        if form.kind == PACKAGE and self._is_nested_out:
            words = f"{self._limits.package_depth} packages lie around it already"
            raise MemberRefused("package_nested_too_deep", words)
        if is_second:
            raise MemberRefused("member_duplicate", f"{SECOND}; only the first is opened")
        self._folder.mkdir(exist_ok=True)
        self._nested_count += 1
        with Spool(self._folder / str(self._nested_count)) as spool:
            return spool.append(_content(member))


def _content(member: Member) -> Iterator[bytes]:
    """Yields the content of a member; raises MemberRefused where it cannot be read."""
    try:
        yield from member.content
    except OSError as error:
        raise MemberRefused(*reading_failure(error)) from error


def _held(member: Member) -> bytes:
    """Returns the content of a member that speaks of others."""
    parts, length = [], 0
    for block in _content(member):
        parts.append(block)
        length += len(block)
        if length > MANIFEST_BYTES:
            raise MemberRefused("manifest_row", f"it has more than {MANIFEST_BYTES} bytes", length)
    return b"".join(parts)
