"""Glossary: entries of a page -> jieba's dictionary, and hints at the first use of a term."""

from __future__ import annotations

import re

import jieba
import pytest

from attest.errors import PageError
from attest.glossary import MARKED, Term, dictionary, load, parse, with_terms
from attest.project import Project
from sites import ROOT

PROJECT = Project.load(ROOT)
PAGE = """\
# Glossary { #glossary }

Running mean and variance <span lang="zh">滑动均值与滑动方差</span> { #running }
:   Averages of $\\gamma$, with `eps`; no window slides. More of it.

    Also seen: <span lang="zh">移动平均</span>, <span lang="zh">运行均值</span> (in some books).

Penalty <span lang="zh">惩罚项</span> { #penalty .attest-unmarked }
:   A term of the loss.
"""
TERMS = [
    Term("variance", "Variance", "方差", "How far values are from their mean."),
    Term("penalty", "Penalty", "惩罚项", "A term of the loss."),
    Term("eval", "Train and eval mode", "训练模式与评估模式", "A switch."),
    Term("rms", "RMSNorm", "均方根归一化", "No mean."),
    Term("bias-a", "Bias (statistics)", "偏差", "One."),
    Term("bias-b", "Bias (parameter)", "偏置", "Another."),
]
HAN = [
    Term("norm", "归一化", "normalization", "一层。"),
    Term("batch-norm", "批归一化", "batch normalization", "对批次求平均；有 $\\gamma$。后面不要。"),
]


def marked(page: str, terms: list[Term] = TERMS, limit: int = MARKED) -> str:
    """*page* with each link to the glossary written as ``[words|id]``."""
    made = with_terms(page, terms, "g/", limit)
    return re.sub(
        r'<a class="attest-term" href="g/#([\w-]+)" title="[^"]*">((?s:.*?))</a>', r"[\2|\1]", made
    )


def test_an_entry_is_a_term_in_both_languages() -> None:
    """With its definition, and the variants that readers meet elsewhere."""
    running, penalty = parse(PAGE, "g.md")
    assert running.id == "running"
    assert running.term == "Running mean and variance"
    assert running.other == "滑动均值与滑动方差"
    assert running.variants == ("移动平均", "运行均值")
    assert running.marked
    assert not penalty.marked


def test_a_hint_is_one_sentence_of_plain_text() -> None:
    """Formulas are said in characters, code without its marks."""
    assert parse(PAGE, "g.md")[0].hint == "Averages of γ, with eps; no window slides."
    assert HAN[1].hint == "对批次求平均；有 γ。"


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("Train and eval mode", ("Train and eval mode", "Train mode", "eval mode")),
        (
            "Running mean and variance",
            ("Running mean and variance", "Running mean", "Running variance"),
        ),
        ("Bias (statistics)", ("Bias",)),
        ("有偏方差与无偏方差", ("有偏方差与无偏方差", "有偏方差", "无偏方差")),
        ("缩放与平移", ("缩放与平移",)),
        ("Dropout（随机失活）", ("Dropout", "随机失活")),
    ],
)
def test_two_terms_of_one_entry_are_known_apart(term: str, names: tuple[str, ...]) -> None:
    """Unless the halves are words of every day."""
    assert Term("x", term, "", "").names == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A term { #a }\n", "g.md:1: the term 'a' has no definition"),
        ("A term\n:   Its text.\n", "g.md:2: a definition has no term with an id"),
        ("A { #a }\n:   One.\n\nB { #a }\n:   Two.\n", "g.md:4: two terms have the id 'a'"),
        ("A { #a }\n:   The set $\\mathcal{A}$.\n", "the formula of 'a' cannot be said"),
    ],
)
def test_an_incomplete_entry_is_an_error(text: str, message: str) -> None:
    """It names the line and the cure."""
    with pytest.raises(PageError, match=message):
        parse(text, "g.md")


def test_the_dictionary_holds_the_chinese_words() -> None:
    """Terms, halves and variants, a compound before its parts; no Latin letters."""
    words = dictionary([*parse(PAGE, "g.md"), *HAN]).split()
    assert set(words) == {
        "滑动均值",
        "滑动方差",
        "移动平均",
        "运行均值",
        "惩罚项",
        "批归一化",
        "归一化",
    }
    assert words.index("批归一化") < words.index("归一化")


@pytest.mark.parametrize(
    ("sentence", "cut"),
    [
        ("存入的是无偏方差", ["存入", "的", "是", "无偏方差"]),
        ("滑动方差和批归一化", ["滑动方差", "和", "批归一化"]),
        ("解耦权重衰减", ["解耦权重衰减"]),
    ],
)
def test_jieba_keeps_terms_whole(sentence: str, cut: list[str]) -> None:
    """With the dictionary of the site's own glossary."""
    path = PROJECT.docs / "zh" / "glossary.md"
    tokenizer = jieba.Tokenizer()
    for word in dictionary(load(path, "g.md")).split():
        tokenizer.add_word(word)
    assert list(tokenizer.cut(sentence)) == cut


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>A variance, a variance.</p>", "<p>A [variance|variance], a variance.</p>"),
        ("<li>Penalties grow.</li>", "<li>[Penalties|penalty] grow.</li>"),
        ("<p>In <b>eval mode</b>.</p>", "<p>In <b>[eval mode|eval]</b>.</p>"),
        ("<p>in eval\nmode</p>", "<p>in [eval\nmode|eval]</p>"),
        ("<p>An RMSNorm.</p>", "<p>An [RMSNorm|rms].</p>"),
    ],
)
def test_the_first_use_is_marked(page: str, expected: str) -> None:
    """Whatever its number and letters."""
    assert marked(page) == expected


@pytest.mark.parametrize(
    "page",
    [
        "variance",
        "<h2>Variance</h2>",
        "<p><a href='x'>variance</a></p>",
        "<p><code>variance</code></p>",
        "<pre>variance</pre>",
        "<figure><figcaption><p>variance</p></figcaption></figure>",
        '<div class="attest-check"><p>variance</p></div>',
        '<p><span class="attest-formula"><svg><text>variance</text></svg></span></p>',
        '<p><span lang="de">variance</span></p>',
        "<table><tr><td><p>variance</p></td></tr></table>",
        '<p title="a > variance">x</p>',
        "<p>covariance, variance-free, x.variance, variance.mean</p>",
        "<p>As in “Batch variance”, or &quot;x&quot;.</p>",
        "<p>It is Weight Variance.</p>",
        "<p>The bias.</p>",
        "<h1>On variance</h1><p>variance</p>",
        '<h2 id="references">R</h2><p>Variance.</p>',
    ],
)
def test_what_is_no_prose_or_no_use_stays(page: str) -> None:
    """Also names, quotations, references, and a word that two entries share."""
    assert marked(page) == page


def test_the_longest_chinese_term_is_marked() -> None:
    """Words do not end at spaces there."""
    assert (
        marked("<p>用批归一化，再归一化。</p>", HAN)
        == "<p>用[批归一化|batch-norm]，再[归一化|norm]。</p>"
    )


def test_a_page_marks_few_terms() -> None:
    """The first ones."""
    page = "<p>variance penalty RMSNorm</p>"
    assert marked(page, limit=2) == "<p>[variance|variance] [penalty|penalty] RMSNorm</p>"


def test_both_languages_define_the_same_terms() -> None:
    """In the same order, each naming the other's."""
    en, zh = (load(PROJECT.docs / code / "glossary.md", code) for code in ("en", "zh"))
    assert [term.id for term in en] == [term.id for term in zh]
    assert [term.other for term in en] == [term.term for term in zh]
    assert [term.other.casefold() for term in zh] == [term.term.casefold() for term in en]
    assert [term.marked for term in en] == [term.marked for term in zh]
