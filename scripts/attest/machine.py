"""The machine on which snippets run, as far as it can be seen without importing torch here."""

from __future__ import annotations

import functools
import platform
import re
import subprocess
import sys
from pathlib import Path

from attest.errors import DeviceError, did_you_mean

CPUINFO = Path("/proc/cpuinfo")
DEVICES = {
    "cuda": "import torch; name, hip = torch.cuda.get_device_name(), torch.version.hip; "
    "print(name, f'ROCm {hip}' if hip else f'CUDA {torch.version.cuda}', sep=', ')",
}
"""The accelerators that a snippet can declare, each with code that prints what it is."""
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


@functools.cache
def device(name: str) -> str:
    """What the device *name* is here, as in ``NVIDIA H100, CUDA 13.0``; an error if there is none.

    A process of its own looks: this one stays without torch, and without a context on a GPU.
    """
    if name == "cpu":
        return "CPU"
    where = f"DEVICE={name}"
    if name not in DEVICES:
        raise DeviceError(where, f"no such device is known; {did_you_mean(name, DEVICES)}")
    done = subprocess.run([sys.executable, "-c", DEVICES[name]], capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it does not say why"])[-1]
        raise DeviceError(
            where, f"this machine has none ({said}); run it where there is one, or leave DEVICE out"
        )
    return done.stdout.strip()
