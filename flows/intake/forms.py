"""The forms in which captures come, told by the end of a file's name."""

from __future__ import annotations

from dataclasses import dataclass

from flows.intake.inputs import TEXT

HTML = "text/html"
XHTML = "application/xhtml+xml"
PDF = "application/pdf"

PAGE = "page"
ROWS = "rows"
RECORDS = "records"
GZIP = "gzip"
ZSTD = "zstd"
WARC = "application/warc"
ARC = "application/x-ia-arc"
PACKED = "packed"
COLUMNS = "columns"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.file"
PACKAGE = "package"
ZIP = "application/zip"
TAR = "application/x-tar"
WACZ = "application/wacz"


@dataclass(frozen=True, slots=True)
class Form:
    """What a file holds.

    Args:
        kind: `page` (one capture), `rows` (a line of JSON each), `columns` (a table), `records` (a
            web archive), `packed` (one page, compressed) or `package` (members, each of a form of
            its own).
        media_type: Of a page's payload, or of a web archive or package.
        packing: How the file as a whole is compressed; None when it is not.
    """

    kind: str
    media_type: str = TEXT
    packing: str | None = None


# The longest ending that fits a name decides.
_ENDINGS = {
    ".txt": Form(PAGE),
    ".html": Form(PAGE, HTML),
    ".htm": Form(PAGE, HTML),
    ".xhtml": Form(PAGE, XHTML),
    ".pdf": Form(PAGE, PDF),
    ".jsonl": Form(ROWS),
    ".jsonl.gz": Form(ROWS, packing=GZIP),
    ".warc": Form(RECORDS, WARC),
    ".warc.gz": Form(RECORDS, WARC, GZIP),
    ".warc.zst": Form(RECORDS, WARC, ZSTD),
    ".wet": Form(RECORDS, WARC),
    ".wet.gz": Form(RECORDS, WARC, GZIP),
    ".arc": Form(RECORDS, ARC),
    ".arc.gz": Form(RECORDS, ARC, GZIP),
    ".jsonl.zst": Form(ROWS, packing=ZSTD),
    # So C4, Dolma and RedPajama name their rows.
    ".json.gz": Form(ROWS, packing=GZIP),
    ".json.zst": Form(ROWS, packing=ZSTD),
    ".parquet": Form(COLUMNS, PARQUET),
    ".arrow": Form(COLUMNS, ARROW),
    ".arrows": Form(COLUMNS, ARROW),
    ".feather": Form(COLUMNS, ARROW),
    ".zip": Form(PACKAGE, ZIP),
    ".wacz": Form(PACKAGE, WACZ),
    ".tar": Form(PACKAGE, TAR),
    ".tar.gz": Form(PACKAGE, TAR, GZIP),
    ".tgz": Form(PACKAGE, TAR, GZIP),
    ".tar.zst": Form(PACKAGE, TAR, ZSTD),
}
for _ending, _form in tuple(_ENDINGS.items()):
    if _form.kind == PAGE:
        _ENDINGS[f"{_ending}.gz"] = Form(PACKED, _form.media_type, GZIP)
        _ENDINGS[f"{_ending}.zst"] = Form(PACKED, _form.media_type, ZSTD)
ENDINGS = tuple(_ENDINGS)


def form_of(name: str) -> Form | None:
    """Returns the form that the end of a file's name tells, or None when it is none taken in."""
    parts = name.lower().rsplit("/", 1)[-1].split(".")
    for count in (3, 2, 1):
        if len(parts) > count and (form := _ENDINGS.get("." + ".".join(parts[-count:]))):
            return form
    return None
