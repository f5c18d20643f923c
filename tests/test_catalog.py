"""The words of snippets and figures, and their translations."""

from pathlib import Path

import pytest

from attest.catalog import Catalog, Update, Word, update, words_of
from attest.errors import CatalogError
from attest.record import CellOutput, Record
from attest.snippet import parse

SOURCE = '''\
"""The title.

A paragraph of
two lines.
"""

# %% settings
lr = 0.1  # small enough

# %% figure
ax.set_title("Loss")

# %% check: falls
# The loss falls.
# At each step.
assert True  # (S, 200)
'''
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>0.5</text><text>Loss</text></svg>'

PO = """\
# The words of the snippets; 'make messages' adds, removes and sorts entries.
msgid ""
msgstr ""
"Language: zh\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


@pytest.fixture
def po(tmp_path):
    """The path of a catalogue in a small checkout, with names beside it."""
    folder = tmp_path / "snippets" / "locale"
    folder.mkdir(parents=True)
    (folder / "names.txt").write_text("# optimizers\nSGD\nAdamW\nlr\n", "utf-8")
    return folder / "zh.po"


def label(text, where="a/b#figure"):
    """A word of a figure."""
    return Word(text, where, "label", "snippets/a/b.py:12")


def entry(text, translation, head=""):
    """An entry of a catalogue."""
    return f'\n{head}msgid "{text}"\nmsgstr "{translation}"\n'


class TestWordsOf:
    snippet = parse(SOURCE, "a/b", Path("b.py"), "snippets/a/b.py")

    def test_all_that_a_reader_sees(self):
        """Title, description, comments, statements and figure words, each with its place."""
        cells = (CellOutput("figure", "", figures=(SVG, SVG)),)
        assert words_of(self.snippet, Record("a/b", cells, {}, ())) == [
            Word("The title.", "a/b", "title", "snippets/a/b.py:1"),
            Word("A paragraph of two lines.", "a/b", "description", "snippets/a/b.py:1"),
            Word("small enough", "a/b#settings", "comment", "snippets/a/b.py:8"),
            Word("0.5", "a/b#figure", "label", "snippets/a/b.py:11"),
            Word("Loss", "a/b#figure", "label", "snippets/a/b.py:11"),
            Word("The loss falls. At each step.", "a/b#falls", "statement", "snippets/a/b.py:14"),
            Word("(S, 200)", "a/b#falls", "comment", "snippets/a/b.py:16"),
        ]

    def test_without_a_record(self):
        """Without a record the words of figures are unknown."""
        kinds = {word.kind for word in words_of(self.snippet, None)}
        assert kinds == {"title", "description", "comment", "statement"}


class TestNeeds:
    @pytest.mark.parametrize(
        "text",
        [
            *("0.5", "−1.0", "1e-3", "10⁻³", "λ", "ηλ = 0.1", "w₁", "x1", "σ² → ∞"),
            *("SGD", "SGD, AdamW", "lr = 0.1", "weight_decay=0.01", "weight_decay", "p=0.5"),
            *("nn.Linear", "torch.optim.SGD", "step()", "noqa: E501 long line", ""),
            *("(S, 200)", "(2,)", "(steps + 1,)", "(..., 2) -> (...)", "(S, B, 1), (1, inputs)"),
        ],
    )
    def test_none(self, po, text):
        """Numbers, symbols, names, code and shapes need no translation."""
        assert not Catalog.load(po).needs(text)

    @pytest.mark.parametrize(
        "text",
        ["Loss", "step", "SGD with momentum", "loss = 0.1", "gradient sizes: (25,)", "sgd"],
    )
    def test_prose(self, po, text):
        """A single word of prose is enough to need one."""
        assert Catalog.load(po).needs(text)


class TestTranslate:
    def test_known(self, po):
        """A text is replaced as a whole; one without a translation stays."""
        po.write_text(PO + entry("Loss", "损失"), "utf-8")
        catalog = Catalog.load(po)
        assert [catalog.translate(text) for text in ("Loss", "Loss of", "SGD", "0.5")] == [
            *("损失", "Loss of", "SGD", "0.5")
        ]

    def test_guesses_are_not_shown(self, po):
        """A fuzzy or empty translation is not shown."""
        po.write_text(PO + entry("a", "甲", "#, fuzzy\n") + entry("b", ""), "utf-8")
        assert [Catalog.load(po).translate(text) for text in "ab"] == ["a", "b"]

    def test_no_file(self, po):
        """A language without a file has no translations yet."""
        assert Catalog.load(po).translate("Loss") == "Loss"


class TestProblems:
    def test_none(self, po):
        """All is well when each word that needs one has a translation, and nothing else does."""
        po.write_text(PO + entry("Loss", "损失") + entry("L2", "二范数"), "utf-8")
        words = [label("Loss"), label("0.5"), label("SGD"), label("L2")]
        assert Catalog.load(po).problems(words) == []

    def test_missing(self, po):
        """A word without a translation is told once, at its first place."""
        errors = Catalog.load(po).problems([label("Loss"), label("Loss", "a/c#figure")])
        assert [str(error) for error in errors] == [
            "snippets/a/b.py:12: 'Loss' (label, a/b#figure) has no zh translation; "
            "add it to snippets/locale/zh.po, or run 'make messages'"
        ]

    def test_entries(self, po):
        """Unused, empty, fuzzy and repeated entries are told at their lines."""
        po.write_text(
            PO
            + entry("Loss", "")
            + entry("step", "步", "#, fuzzy\n")
            + entry("gone", "走了")
            + entry("twice", "一")
            + entry("twice", "二"),
            "utf-8",
        )
        errors = Catalog.load(po).problems([label("Loss"), label("step"), label("twice")])
        assert [str(error) for error in errors] == [
            "snippets/locale/zh.po:9: 'Loss' has an empty translation; write it in zh",
            "snippets/locale/zh.po:12: 'step' has a fuzzy translation; "
            "correct it and remove the mark",
            "snippets/locale/zh.po:16: 'gone' is in no snippet; remove it, or run 'make messages'",
            "snippets/locale/zh.po:19: 'twice' occurs more than once; keep one",
            "snippets/locale/zh.po:22: 'twice' occurs more than once; keep one",
        ]

    def test_incomplete(self, po):
        """Nothing is called unused while records are missing."""
        po.write_text(PO + entry("Loss", "损失"), "utf-8")
        assert Catalog.load(po).problems([], complete=False) == []

    def test_damaged(self, po):
        """A file that cannot be read is one line, without the paths of this machine."""
        po.write_text(PO + '\nmsgid "a\nmsgstr', "utf-8")
        with pytest.raises(CatalogError, match=r"^snippets/locale/zh.po: cannot be read .*; mend"):
            Catalog.load(po)


class TestUpdate:
    words = (
        label("step", "b/a#figure"),
        label("SGD", "a/b#figure"),
        label("Loss", "a/b#figure"),
        Word("Loss", "b/a#train", "comment"),
    )

    def test_file(self, po):
        """Entries stand in the order of snippets, with their places and kinds."""
        assert update(po, self.words) == Update(added=("Loss", "step"), removed=())
        assert po.read_text("utf-8") == (
            PO
            + entry("Loss", "", "#. label, comment\n#: a/b#figure b/a#train\n")
            + entry("step", "", "#. label\n#: b/a#figure\n")
        )

    def test_translations_are_kept(self, po):
        """Translations, notes and marks stay; entries that no snippet has go, and are told."""
        po.write_text(
            PO + entry("gone", "走了") + entry("step", "步", "# a note\n#, fuzzy\n"), "utf-8"
        )
        assert update(po, self.words) == Update(added=("Loss",), removed=("gone",))
        head = "# a note\n#. label\n#: b/a#figure\n#, fuzzy\n"
        assert po.read_text("utf-8").endswith(entry("step", "步", head))

    def test_report(self):
        """What is removed is named, since its translation goes with it."""
        assert str(Update(("a", "b"), ("gone",))) == "2 added, 1 removed\n  removed 'gone'"

    def test_incomplete(self, po):
        """Nothing is removed while records are missing."""
        po.write_text(PO + entry("gone", "走了"), "utf-8")
        assert update(po, self.words, complete=False).removed == ()
        assert Catalog.load(po).translate("gone") == "走了"

    def test_again(self, po):
        """The same words give the same bytes, and the file is not even written."""
        update(po, self.words)
        before = po.read_bytes(), po.stat().st_mtime_ns
        assert update(po, self.words) == Update((), ())
        assert (po.read_bytes(), po.stat().st_mtime_ns) == before
