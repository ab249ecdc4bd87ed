"""Writes confusables.txt from the UTS #39 data inside the installed ICU; run by hand when a newer Unicode is wanted.

    python gateway/trust/data/make_confusables.py 72 > gateway/trust/data/confusables.txt

The argument is the major version of the ICU library (Debian: libicu72).
"""

from __future__ import annotations

import ctypes
import sys
import unicodedata
from collections.abc import Callable, Iterator

HEAD = """\
# Confusable characters that read as ASCII letters or digits: <code point> ; <reads as>
# Derived from the UTS #39 confusables of Unicode {unicode} (as compiled into ICU {icu}) by make_confusables.py.
# Left out: what compatibility decomposition and the removal of marks fold anyway, and what reads as no ASCII letter.
#
# SPDX-License-Identifier: Unicode-3.0
# Copyright (c) 1991-2022 Unicode, Inc. All rights reserved. Terms: https://www.unicode.org/copyright.html
#
# UNICODE LICENSE V3
# Permission is hereby granted, free of charge, to any person obtaining a copy of data files and any associated
# documentation (the "Data Files") or software and any associated documentation (the "Software") to deal in the Data
# Files or Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
# distribute, and/or sell copies of the Data Files or Software, and to permit persons to whom the Data Files or
# Software are furnished to do so, provided that either (a) this copyright and permission notice appear with all
# copies of the Data Files or Software, or (b) this copyright and permission notice appear in associated Documentation.
# THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
# LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF THIRD PARTY
# RIGHTS. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE BE LIABLE FOR ANY CLAIM, OR ANY
# SPECIAL INDIRECT OR CONSEQUENTIAL DAMAGES, OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS,
# WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE
# OR PERFORMANCE OF THE DATA FILES OR SOFTWARE.
# Except as contained in this notice, the name of a copyright holder shall not be used in advertising or otherwise to
# promote the sale, use or other dealings in these Data Files or Software without prior written authorization of the
# copyright holder.
"""


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _skeleton(major: str) -> tuple[Callable[[str], str], str]:
    i18n = ctypes.CDLL(f"libicui18n.so.{major}")
    common = ctypes.CDLL(f"libicuuc.so.{major}")
    version = (ctypes.c_uint8 * 4)()
    common[f"u_getUnicodeVersion_{major}"](version)
    status = ctypes.c_int(0)
    opened = i18n[f"uspoof_open_{major}"]
    opened.restype = ctypes.c_void_p
    checker = ctypes.c_void_p(opened(ctypes.byref(status)))
    call = i18n[f"uspoof_getSkeletonUTF8_{major}"]

    def skeleton(char: str) -> str:
        source, target, failed = char.encode(), ctypes.create_string_buffer(256), ctypes.c_int(0)
        size = call(checker, 0, source, len(source), target, 256, ctypes.byref(failed))
        return target.raw[:size].decode() if failed.value <= 0 else ""

    return skeleton, ".".join(str(part) for part in version[:3])


def _rows(skeleton: Callable[[str], str]) -> Iterator[str]:
    for code in range(0x80, 0x110000):
        char = chr(code)
        if unicodedata.category(char) in ("Cn", "Cs", "Co", "Cc", "Mn", "Me"):
            continue
        reads_as = _folded(skeleton(char))
        if reads_as.isascii() and reads_as.isalnum() and len(reads_as) <= 3 and reads_as != _folded(char):
            yield f"{code:04X} ; {reads_as}"


def main(major: str) -> None:
    """Write the file to standard output."""
    skeleton, version = _skeleton(major)
    sys.stdout.write(HEAD.format(unicode=version, icu=major))
    sys.stdout.writelines(f"{row}\n" for row in _rows(skeleton))


if __name__ == "__main__":
    main(sys.argv[1])
