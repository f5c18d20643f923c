"""The machine on which snippets run, as far as it can be seen without importing torch."""

from __future__ import annotations

import functools
import platform
import re
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
_NOISE = re.compile(r"\((?:R|TM|tm)\)|@.*| \d+-Core\b|\b(?:CPU|Processor)\b")


@functools.cache
def processor() -> str:
    """Family and architecture of the processor, as in ``Intel Xeon, x86_64``."""
    text = CPUINFO.read_text("utf-8", "replace") if CPUINFO.is_file() else ""
    return ", ".join(filter(None, (family(text), platform.machine())))


def family(cpuinfo: str) -> str:
    """The model in the text of ``/proc/cpuinfo``, without marks, speed and number of cores."""
    model = re.search(r"^model name\s*: *(.+)$", cpuinfo, re.MULTILINE)
    name = _NOISE.sub("", model[1]) if model else ""
    return " ".join(name.split())


@functools.cache
def system() -> str:
    """Operating system and C library, as in ``Debian GNU/Linux 12 (bookworm), glibc 2.36``."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        name = f"{platform.system()} {platform.release()}"
    return ", ".join(filter(None, (name, " ".join(platform.libc_ver()).strip())))
