"""Read a file's text whatever its encoding; replace files whole or not at all."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import os
import re
import sys
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from bibkit.problems import Problem, UsageError

STDIN = "-"
STDIN_NAME = "<stdin>"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"\A(?:[^\n]*\n){0,4}?%\s*Encoding:\s*([\w.:-]+)", re.IGNORECASE)  # JabRef's header
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape"}
)  # though Python calls them codecs
_ODD_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\f\r\x1b")
_SAMPLE = 1 << 16


class Text(msgspec.Struct, frozen=True):
    """What a file holds: its text, the encoding it was in, whether it began with a byte-order mark."""

    text: str
    encoding: str = "utf-8"
    bom: bool = False
    problems: tuple[Problem, ...] = ()
    readable: bool = True
    data: bytes = b""  # as they stood, unpacked
    packed: bool = False  # they were packed with gzip

    @property
    def exact(self) -> bool:
        """Whether the text says all that the bytes do: written back unchanged, it gives these bytes again."""
        try:
            return _bytes(self.text, self) == self.data
        except UnicodeError:
            return False


def read(path: str) -> Text:
    """Read a file, or standard input for `-`; gzip is unpacked. Never raises: what went wrong is a Problem."""
    source = STDIN_NAME if path == STDIN else path
    try:
        data = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
    except OSError as error:
        return _unreadable(source, f"cannot read it: {_reason(error)}")
    packed = data.startswith(b"\x1f\x8b")
    if packed:
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            return _unreadable(source, f"damaged gzip file: {error}")
    return msgspec.structs.replace(decode(data, source), data=data, packed=packed)


def _unreadable(source: str, message: str) -> Text:
    problem = Problem("file-unreadable", message, "error", source)
    return Text("", problems=(problem,), readable=False)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def decode(data: bytes, source: str = "") -> Text:
    """The text of these bytes: by byte-order mark, by JabRef's header, as UTF-16, as UTF-8, or as Windows-1252."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode_as(data[len(bom) :], encoding, source, bom=True)
    if wide := _wide(data):
        return _decode_as(data, wide, source)
    if _binary(data):
        return _unreadable(source, "this is not a text file")
    if (declared := _DECLARED.match(data[:4096])) and (encoding := _known(declared[1])):
        return _decode_as(data, encoding, source)
    return _decode_as(data, "utf-8", source)


def _known(written: bytes) -> str:
    """The encoding of this name, if it is one in which the name itself can stand so: UTF-16, for one, is not."""
    name = written.decode("ascii")
    try:
        return codecs.lookup(name).name if name not in _NO_CHARSETS and written.decode(name) == name else ""
    except (LookupError, UnicodeError):
        return ""


def _wide(data: bytes) -> str:
    """UTF-16 without a byte-order mark: every other byte of a mostly Latin text is zero."""
    head = data[:_SAMPLE]
    half = len(head) // 2
    if half < 4:
        return ""
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else ""


def _binary(data: bytes) -> bool:
    head = data[:_SAMPLE]
    return len(head) - len(head.translate(None, _ODD_CONTROLS)) > len(head) * 0.1


def _decode_as(data: bytes, encoding: str, source: str, *, bom: bool = False) -> Text:
    try:
        return Text(data.decode(encoding), encoding, bom)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    if encoding == "utf-8" and not bom:
        problem = Problem(
            "file-encoding",
            "not UTF-8 from here on; the file was read as Windows-1252",
            source=source,
            line=line,
            hint="convert the file to UTF-8 if letters look wrong",
        )
        return Text(_cp1252(data), "cp1252", problems=(problem,))
    problem = Problem(
        "file-encoding", f"bytes that are not {encoding} were replaced by U+FFFD", source=source, line=line
    )
    return Text(data.decode(encoding, "replace"), encoding, bom, (problem,))


def _cp1252(data: bytes) -> str:
    """Windows-1252, with the five bytes that it does not define read as Latin-1 does."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def encoded(text: str, like: Text) -> bytes:
    """The bytes of a text as the file had them that another text was read from: encoding, byte-order mark, gzip.

    Raises UnicodeEncodeError for a letter that the encoding does not have.
    """
    data = _bytes(text, like)
    return gzip.compress(data, mtime=0) if like.packed else data


def _bytes(text: str, like: Text) -> bytes:
    marks = {encoding: mark for mark, encoding in _BOMS}
    return (marks[like.encoding] if like.bom else b"") + text.encode(like.encoding)


Content = str | bytes | Iterable[str | bytes]


def write(path: Path, text: Content) -> None:
    """Replace one file whole or not at all. Raises UsageError with the reason; what stood there then still stands."""
    write_all({path: text})


def write_all(files: Mapping[Path, Content]) -> None:
    """Replace several files. All are written beside their targets first, so a full disk changes none of them.

    Raises UsageError naming the file and the reason. A link is followed: the file that it points to is replaced.
    """
    staged: list[tuple[str, Path]] = []
    try:
        for path, text in files.items():
            target = Path(os.path.realpath(path))
            with _explained(path):
                staged.append((_stage(target, text), target))
        while staged:
            temporary, target = staged[0]
            with _explained(target):
                Path(temporary).replace(target)
            staged.pop(0)
    finally:
        for temporary, _ in staged:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


class _explained:  # noqa: N801  (read as a word: with _explained(path))
    """Turn an OSError about this path into a UsageError of one line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, OSError):
            raise UsageError(f"{self.path}: cannot write it: {_reason(error)}") from error


def _stage(target: Path, text: Content) -> str:
    """Write a finished file beside the target, with its mode, and give the temporary name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = _mode(target)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _fill(file, text)
        Path(temporary).chmod(mode)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return temporary


def _fill(file: BinaryIO, text: Content) -> None:
    for piece in (text,) if isinstance(text, (str, bytes)) else text:
        file.write(encode(piece) if isinstance(piece, str) else piece)
    file.flush()
    os.fsync(file.fileno())


def encode(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which no UTF-8 can hold, becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _mode(target: Path) -> int:
    """The mode of the file that stands there (which must be writable), or what a new file gets."""
    if target.exists():
        if not os.access(target, os.W_OK):
            raise PermissionError(13, "permission denied", str(target))
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
