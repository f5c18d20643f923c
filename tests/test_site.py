"""Two languages beside each other."""

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from attest import site

ROOT = Path(__file__).parent.parent
WORDS = {"name": "中文", "short": "中", "page": "本页的中文版", "section": "本节的中文版"}


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("", "../zh/"),
        ("glossary/", "../../zh/glossary/"),
        ("regularization/weight-decay/", "../../../zh/regularization/weight-decay/"),
        ("regularization/weight-decay.html", "../../zh/regularization/weight-decay.html"),
    ],
)
def test_a_page_finds_its_counterpart_relative_to_itself(url: str, href: str) -> None:
    """So that the site works under a sub-path and from a folder."""
    assert site.sibling(url, "zh", WORDS).href == href


@pytest.mark.parametrize(
    ("url", "link", "expected"),
    [
        ("a/b/", "attest:glossary/#bias", "../../glossary/#bias"),
        ("a/b/", "attest:figures/x.svg?1", "../../figures/x.svg?1"),
        ("a/b.html", "attest:glossary/#bias", "../glossary.html#bias"),
        ("a/b.html", "attest:a/c/", "../a/c.html"),
        ("a/b.html", "attest:#promise", "../index.html#promise"),
        ("a/b.html", "attest:", "../index.html"),
        ("a/b.html", "attest:figures/x.svg?1", "../figures/x.svg?1"),
        ("index.html", "attest:snippets/a/x.py", "snippets/a/x.py"),
    ],
)
def test_links_lead_from_the_page_to_pages_and_files(url: str, link: str, expected: str) -> None:
    """Where there is no server, to the file of a page."""
    assert site.with_base(f'<a href="{link}">', url) == f'<a href="{expected}">'


def test_an_error_page_finds_the_other_language_from_anywhere() -> None:
    """It is served at addresses that nobody knows."""
    assert site.sibling("", "zh", WORDS, base="/course/").href == "/course/zh/"


def test_each_heading_links_to_its_section_in_the_other_language() -> None:
    """The id is the same in both, and the link is not part of the searched title."""
    other = site.sibling("a/", "zh", WORDS)
    permalink = '<a class="headerlink" href="#sgd">&para;</a>'
    html = site.with_section_links(f'<h2 id="sgd">SGD{permalink}</h2><p>x</p><h3>No id</h3>', other)
    assert html == (
        '<h2 id="sgd">SGD<a class="attest-section" href="../../zh/a/#sgd" hreflang="zh" lang="zh" '
        'title="本节的中文版" aria-label="本节的中文版" data-search-exclude="1">中</a>'
        f"{permalink}</h2><p>x</p><h3>No id</h3>"
    )


def test_alignment_of_table_cells_is_a_class() -> None:
    """A strict policy lets no style attribute through."""
    html = '<th style="text-align: right;">n</th><td style="text-align: left;">a</td>'
    assert site.with_classes_for_alignment(html) == (
        '<th class="attest-right">n</th><td class="attest-left">a</td>'
    )


def test_a_cell_of_a_card_names_its_column() -> None:
    """On a phone a row stands without the head of the table."""
    head = "<table><tr><th>Layer</th><th>Over <em>these</em></th></tr>"
    plain = f"{head}<tr><td>BN</td><td class='attest-left'>N</td></tr></table>"
    assert site.with_cards(f"{plain}<!-- cards -->\n{plain}") == (
        f'{plain}<div class="attest-cards">{head}<tr><td data-label="Layer">BN</td>'
        "<td data-label=\"Over these\" class='attest-left'>N</td></tr></table></div>"
    )


def test_a_long_table_has_bodies_of_a_few_rows() -> None:
    """No row is lost, and the last body holds what is left over."""
    rows = [f'<tr id="row-{n}"><td>{n}</td></tr>' for n in range(site.ROWS + 2)]
    page = f"<table><tbody>\n{' '.join(rows)}\n</tbody></table>"
    cut = site.with_rows_in_groups(page)
    assert re.findall("<tr.*?</tr>", cut) == rows
    assert [body.count("<tr") for body in cut.split("<tbody>")[1:]] == [site.ROWS, 2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("权重\n衰减", "权重衰减"),
        ("结束。\n  <strong>开始</strong>", "结束。<strong>开始</strong>"),
        ("用 PyTorch\n训练", "用 PyTorch\n训练"),
        ("one\ntwo", "one\ntwo"),
        ("<pre>权重\n衰减</pre>", "<pre>权重\n衰减</pre>"),
    ],
)
def test_lines_are_joined_only_between_han(before: str, after: str) -> None:
    """A browser makes a space of a line's end, which Chinese does not have."""
    assert site.with_han_lines_joined(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<em>学习</em>本身", '<em class="attest-han">学习</em>本身'),
        ("<em>Layer\nNormalization</em>", "<em>Layer\nNormalization</em>"),
    ],
)
def test_only_han_emphasis_takes_dots(before: str, after: str) -> None:
    """A title in Latin letters slants in either language."""
    assert site.with_han_emphasis(before) == after


def test_what_stands_between_headings_is_a_part() -> None:
    """Headings and the shared glyphs of formulas stay outside; a page without parts is kept."""
    html = site.with_parts(
        '<h1>T</h1><p>a</p><h2>A</h2><p>b</p><h3>B</h3><p>c</p><svg class="attest-glyphs">'
    )
    assert html.replace("\n", "") == (
        '<h1>T</h1><p>a</p><h2>A</h2><div class="attest-part"><p>b</p></div>'
        '<h3>B</h3><div class="attest-part"><p>c</p></div><svg class="attest-glyphs">'
    )
    assert site.with_parts("<h1>T</h1><p>a</p>") == "<h1>T</h1><p>a</p>"


def test_the_code_of_folds_stands_in_a_file_beside_the_page() -> None:
    """The page keeps the summary, the number of the fold, and a link to the whole snippet."""
    fold = (
        '<details class="attest-code" data-file="attest:snippets/a/b.py"><summary>Code</summary>'
        "<div>{}</div></details>"
    )
    page, code = site.with_folds_apart(fold.format("one") + fold.format("two"))
    assert code == "<div>one</div>\n<div>two</div>\n"
    assert page.startswith(
        '<details class="attest-code" data-code="0"><summary>Code</summary>'
        '<a href="attest:snippets/a/b.py">b.py</a></details><details'
    )


def test_pages_have_short_lines() -> None:
    """Indentation goes; what is preformatted stays as it is."""
    page = "<ul>\n    <li>a\n\n      b</li>\n</ul><pre>\n  code\n</pre>"
    assert site.with_short_lines(page) == "<ul>\n<li>a\nb</li>\n</ul><pre>\n  code\n</pre>"


def test_a_site_has_one_style_and_one_script_of_its_own(tmp_path: Path) -> None:
    """The first of each kind holds all, in order and without comments; pages load no other.

    Material's has no rule that styles every element anew while the palette is chosen.
    """
    head = '<link rel="stylesheet" href="{0}m.css">\n<link rel="stylesheet" href="{0}a/b.css">'
    body = '<script src="{0}a/c.js"></script>\n<script src="{0}a/d.js"></script>'
    files = {
        "en/index.html": (head + body).format(""),
        "en/x/index.html": (head + body).format("../"),
        "en/m.css": "/* m */ p { margin: 0 }",
        "en/a/b.css": "q { margin: 1px }",
        "en/a/c.js": "// c\nc();",
        "en/a/d.js": "d();",
        "en/assets/stylesheets/palette.0.min.css": (
            "@media screen{[data-md-color-switching] *,[data-md-color-switching] :after"
            "{transition-duration:0s!important}}i{color:red}"
        ),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    words = {"en": {"site_name": "", "site_description": "", "not_found": "", "home": ""}}
    words["en"]["not_found_cure"] = ""
    assets = ("m.css", "a/b.css", "a/c.js", "a/d.js")
    site.write_root(site.Root(tmp_path, ""), words, ("en",), ROOT / "scripts/root", assets)
    assert (tmp_path / "en/m.css").read_text("utf-8") == "p{margin:0}\nq{margin:1px}"
    assert (tmp_path / "en/a/c.js").read_text("utf-8") == "c();\nd();"
    assert sorted(path.name for path in (tmp_path / "en/a").iterdir()) == ["c.js"]
    palette = tmp_path / "en/assets/stylesheets/palette.0.min.css"
    assert palette.read_text("utf-8") == "@media screen{}i{color:red}"
    assert (tmp_path / "en/x/index.html").read_text("utf-8") == (
        '<link rel="stylesheet" href="../m.css">\n<script src="../a/c.js"></script>\n'
    )


def test_the_policy_names_the_inline_scripts_of_all_pages_once() -> None:
    """Data is no script; nothing inline is allowed that is not named."""
    data = '<script type="application/json">{}</script>'
    policy = site.policy(["<script>a</script>" + data, "<script>a</script><script>b</script>"])
    assert policy.count("sha256-") == 2
    assert "'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='" in policy  # of the letter a
    assert "unsafe" not in policy


def test_a_page_carries_its_policy_before_what_it_governs() -> None:
    """Right behind the character set."""
    page = site.with_policy('<head><meta charset="utf-8"><script>a</script>', "default-src 'none'")
    assert page.startswith(
        '<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'\"><script>"
    )


def test_a_mark_stays_with_its_word() -> None:
    """No line begins with the sign that the words before it were checked."""
    page = site.with_marks_kept('holds <a class="attest-mark" href="#c">✓</a> here')
    assert page == 'holds\u00a0<a class="attest-mark" href="#c">✓</a> here'
    assert site.with_marks_kept('so\n<a class="attest-mark">') == 'so\u00a0<a class="attest-mark">'
    two = site.with_marks_kept('<a class="attest-mark"><span>✓</span></a> <a class="attest-mark">✓')
    assert two.endswith('</span></a>\u00a0<a class="attest-mark attest-next">✓')


def test_the_environment_is_put_back() -> None:
    """The configuration of one language leaves nothing behind for the next."""
    before = dict(os.environ)
    with site.environ(site.environment("zh")):
        assert (os.environ["SITE_LOCALE"], os.environ["SITE_DOCS"]) == ("zh", "docs/zh")
    assert dict(os.environ) == before


def root_files(url: str) -> dict[str, str]:
    """The files at the root, with the words of this site."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!ENV", lambda *_: "")
    loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: "")
    config = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), loader)
    locales = config["extra"]["locales"]
    return site.render_root(ROOT / "scripts/root", site.Root(Path(), url), locales, ("en", "zh"))


def test_the_root_offers_both_languages_without_a_script() -> None:
    """A script only goes where one of the two links goes."""
    index = root_files("https://example.org/course/")["index.html"]
    assert '<a href="en/" hreflang="en" data-language>' in index
    assert '<a href="zh/" hreflang="zh" data-language>' in index
    assert "<script>" not in index
    assert "style=" not in index


def test_the_root_names_the_sitemap_of_each_language() -> None:
    """Under the address that the site was built for."""
    files = root_files("https://example.org/course/")
    found = [element.text for element in ElementTree.fromstring(files["sitemap.xml"]).iter()]
    assert [text for text in found if text and text.strip()] == [
        "https://example.org/course/en/sitemap.xml",
        "https://example.org/course/zh/sitemap.xml",
    ]
    assert "Sitemap: https://example.org/course/sitemap.xml" in files["robots.txt"]


def test_hosts_that_read_headers_get_the_policy_too() -> None:
    """With what a meta tag cannot say; what carries a digest in its name is kept for a year."""
    loaded = root_files("https://example.org/")["_headers"]
    assert "\n/*\n  Content-Security-Policy: " in loaded
    assert "frame-ancestors 'none'" in loaded
    for code in ("en", "zh"):
        assert (
            f"\n/{code}/assets/javascripts/*\n  Cache-Control: public, max-age=31536000" in loaded
        )


def test_the_error_page_of_the_host_speaks_both_languages() -> None:
    """Its links are absolute: it is shown at addresses that do not exist."""
    page = root_files("https://example.org/course/")["404.html"]
    assert '<a href="/course/en/" hreflang="en">' in page
    assert '<a href="/course/zh/" hreflang="zh">' in page


def test_a_site_without_an_address_has_no_absolute_links() -> None:
    """Nothing is made up."""
    files = root_files("")
    assert "canonical" not in files["index.html"]
    assert "Sitemap" not in files["robots.txt"]


def test_buttons_of_the_drawer_and_the_search_have_keys_and_names() -> None:
    """What HTML does not allow on Material's switches goes."""
    names = {"drawer": "Menu", "search": "Search"}
    before = (
        '<input class="md-toggle" type="checkbox" id="__drawer" autocomplete="off">'
        '<label class="md-header__button md-icon" for="__drawer"><svg></svg></label>'
        '<label for="__nav_2" tabindex="">Section</label>'
    )
    assert site.with_keys(before, names) == (
        '<input class="md-toggle" type="checkbox" id="__drawer">'
        '<label class="md-header__button md-icon" for="__drawer" tabindex="0">'
        '<span class="attest-hidden">Menu</span><svg></svg></label>'
        '<label for="__nav_2">Section</label>'
    )
