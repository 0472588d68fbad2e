"""What the members of a package become: inputs, sources to be opened, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from flows.intake import wacz
from flows.intake.allowances import shares
from flows.intake.forms import PAGE, form_of
from flows.intake.inputs import STRETCH, Input, file_uri, refused
from flows.intake.manifests import Entry
from flows.intake.opened import Opened
from flows.intake.pages import entry_issue
from flows.intake.refusals import MemberRefused, SourceBroken
from flows.intake.taking import SECOND, Taken, Taking
from flows.intake.times import captured_at_in, now
from flows.intake.walk import Found

_WORDS = 400


def opened_of(package: Found, taking: Taking, left: int, broken: SourceBroken | None) -> Opened:
    """Returns what was taken in of a package.

    Args:
        package: The package.
        taking: Its members.
        left: Bytes that the sources in it may unpack to together.
        broken: Why nothing more of it could be read; None when all of it was.
    """
    seen_at = now()
    refusals = list(taking.refusals)
    digests = _digests(taking, refusals)
    pages: list[Input] = []
    nested: list[tuple[Found, int]] = []
    for taken in taking.taken:
        entry = taking.manifests.said(taken.name)
        if entry.sha256 is None and taken.name in digests:
            entry = replace(entry, sha256=digests[taken.name])
        code, words = _issue(taken, entry)
        if taken.form.kind == PAGE:
            pages.append(_page(package, taken, entry, code, words, seen_at))
        elif code in ("digest_mismatch", "manifest_row"):
            refusals.append((taken.name, MemberRefused(code, words or "", taken.stretch.length)))
        else:
            nested.append((_source(package, taken, entry), taken.stretch.length))
    refusals += _manifest_problems(taking)
    allowances = shares(left, [size for _, size in nested])
    return Opened(
        inputs=(*pages, *(_refused(package, name, why, seen_at) for name, why in refusals)),
        nested=tuple(
            replace(source, allowance=allowance)
            for (source, _), allowance in zip(nested, allowances, strict=True)
        ),
        passed_over_count=taking.passed_over_count,
        passed_over_bytes=taking.passed_over_bytes,
        issue_code=broken.code if broken else None,
        words=broken.words if broken else None,
    )


def _digests(taking: Taking, refusals: list[tuple[str, MemberRefused]]) -> dict[str, str]:
    """Returns the digests that a WACZ gives; what it lists and does not hold is refused."""
    datapackage = taking.descriptions.get(wacz.DATAPACKAGE)
    if datapackage is None:
        return {}
    try:
        digests = wacz.resource_digests(datapackage, taking.descriptions.get(wacz.DIGEST))
    except ValueError as error:
        words = f"no digest was checked: {error}"
        refusals.append((wacz.DATAPACKAGE, MemberRefused("package_damaged", words)))
        return {}
    for path in digests:
        if wacz.is_wanted(path) and form_of(path) is not None and path not in taking.names:
            words = f"{wacz.DATAPACKAGE} lists it, and it is not there"
            refusals.append((path, MemberRefused("package_damaged", words)))
    return digests


def _manifest_problems(taking: Taking) -> Iterator[tuple[str, MemberRefused]]:
    taken = {one.name for one in taking.taken}
    for path, words in taking.manifests.problems(taken):
        yield path, MemberRefused("manifest_row", words)


def _issue(taken: Taken, entry: Entry) -> tuple[str | None, str | None]:
    """Returns code and words of what is odd with a member, the gravest first."""
    if entry.problem is not None:
        return "manifest_row", entry.problem
    code, words = entry_issue(entry, taken.stretch.sha256)
    if taken.is_second and code != "digest_mismatch":
        return "member_duplicate", f"{SECOND}: {taken.name!r}"
    return code, words


def _page(
    package: Found,
    taken: Taken,
    entry: Entry,
    code: str | None,
    words: str | None,
    seen_at: datetime,
) -> Input:
    name, stretch = f"{package.name}!/{taken.name}", taken.stretch
    return Input(
        name=name,
        source=f"{package.origin}!/{taken.name}",
        path=stretch.path,
        offset=stretch.offset,
        length=stretch.length,
        row=None,
        byte_length=stretch.length,
        payload_sha256=stretch.sha256,
        source_uri=entry.target_uri or file_uri(name),
        captured_at=entry.captured_at or captured_at_in(entry.target_uri),
        media_type=taken.form.media_type,
        seen_at=seen_at,
        is_refused=code in ("digest_mismatch", "manifest_row"),
        issue_code=code,
        words=words,
        kind=STRETCH,
    )


def _source(package: Found, taken: Taken, entry: Entry) -> Found:
    return Found(
        taken.stretch.path,
        f"{package.name}!/{taken.name}",
        replace(entry, sha256=None),  # it was compared while the member was spooled
        taken.form,
        f"{package.origin}!/{taken.name}",
        package.depth + 1,
    )


def _refused(package: Found, name: str, why: MemberRefused, seen_at: datetime) -> Input:
    return refused(
        f"{package.name}!/{name}",
        f"{package.origin}!/{name}",
        why.code,
        f"{name!r}: {why.words}"[:_WORDS],
        seen_at,
        why.byte_length,
    )
