"""Search in a real browser: what readers type leads to the right section."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from visitor import Visitor, settle, until

CHINESE = [
    # terms, whole and in part
    ("滑动方差", "normalization/batchnorm/#running-statistics"),
    ("滑动统计量", "normalization/batchnorm/#running-statistics"),
    ("方差", "normalization/batchnorm/#variance"),
    ("无偏方差", "normalization/batchnorm/#variance"),
    ("批归一化", "normalization/batchnorm/"),
    ("归一化", "normalization/choosing/"),
    ("同步批归一化", "normalization/batchnorm-practice/#sync"),
    ("协变量", "normalization/batchnorm/#covariate-shift"),
    ("软阈值", "regularization/l1-l2/#soft-threshold"),
    ("次梯度", "regularization/l1-l2/#subdifferential"),
    ("解耦权重衰减", "regularization/weight-decay/#decoupled"),
    ("衰减", "regularization/weight-decay/"),
    ("有效学习率", "regularization/weight-decay/#batchnorm-effective"),
    ("半衰期", "regularization/weight-decay/#half-life"),
    ("梯度累积", "normalization/batchnorm-practice/#accumulation"),
    ("梯度裁剪", "regularization/choosing/#limits"),
    ("早停", "regularization/generalization/#early-stopping"),
    ("双下降", "regularization/generalization/#double-descent"),
    ("标签平滑", "regularization/choosing/#label-smoothing"),
    # as others call it, and while it is being typed
    ("暂退法", "glossary/#dropout-terms"),
    ("批量归一化", "glossary/#layers"),
    ("内部协变", "normalization/batchnorm/#covariate-shift"),
    # several words, in two scripts
    ("偏差 方差", "regularization/generalization/#decomposition"),
    ("微调 冻结", "normalization/batchnorm-practice/#freezing"),
    ("层归一化 反向传播", "normalization/layernorm/#backward"),
    ("BatchNorm 方差", "normalization/batchnorm/#variance"),
    ("AdaIN 公式", "normalization/instancenorm/#adain-formula"),
    # names of the API
    ("nn.GroupNorm", "normalization/groupnorm/#api"),
    ("track_running_stats", "normalization/batchnorm/#api"),
    ("running_var", "normalization/batchnorm/#api"),
    ("weight_decay", "regularization/weight-decay/#api"),
    ("F.dropout", "regularization/dropout/#functional"),
    ("momentum=0.9", "normalization/batchnorm/#mistake-momentum"),
    ("AdamW", "regularization/weight-decay/#adam"),
    ("rmsnorm", "normalization/layernorm/#rmsnorm"),
    # beside the chapters
    ("承诺", "#promise"),
    ("容易混淆", "glossary/#words"),
    ("循环", "glossary/#inside"),
    ("构建失败", "contributing/#errors"),
    ("代码片段 约定", "contributing/#contract"),
]
ENGLISH = [
    ("soft threshold", "regularization/l1-l2/#soft-threshold"),
    ("thresholds", "regularization/l1-l2/#thresholds"),
    ("double descent", "regularization/generalization/#double-descent"),
    ("unbiased variance", "normalization/batchnorm/#variance"),
    ("running variance", "normalization/batchnorm/#running-statistics"),
    ("decoupled", "regularization/weight-decay/#decoupled"),
    ("effective learning rate", "regularization/weight-decay/#batchnorm-effective"),
    ("half-life", "regularization/weight-decay/#half-life"),
    ("early stopping", "regularization/generalization/#early-stopping"),
    ("label smoothing", "regularization/choosing/#label-smoothing"),
    ("gradient accumulation", "normalization/batchnorm-practice/#accumulation"),
    ("folding", "normalization/batchnorm-practice/#folding"),
    ("dropout", "regularization/dropout/"),
    ("batch norm", "normalization/batchnorm/"),
    ("covariate", "normalization/batchnorm/#covariate-shift"),
    ("GroupNorm(1, C)", "normalization/groupnorm/#mistake-layernorm"),
    ("nn.GroupNorm", "normalization/groupnorm/#api"),
    ("track_running_stats", "normalization/batchnorm/#api"),
    ("running_var", "normalization/batchnorm/#api"),
    ("weight_decay", "regularization/weight-decay/#api"),
    ("F.dropout", "regularization/dropout/#functional"),
    ("momentum=0.9", "normalization/batchnorm/#mistake-momentum"),
    ("AdamW", "regularization/weight-decay/#adam"),
    ("SyncBatchNorm", "normalization/batchnorm-practice/#sync"),
    ("RMSNorm", "normalization/layernorm/#rmsnorm"),
    ("contract", "contributing/#contract"),
    ("easily confused", "glossary/#words"),
]
TABLE = [("zh", *row) for row in CHINESE] + [("en", *row) for row in ENGLISH]

SHOWN = """() => [...document.querySelectorAll('.md-search-result__item')].flatMap(item => {
    const [page, ...sections] = [...item.querySelectorAll(':scope > a')].map(a => a.href);
    return sections.length ? sections.map(section => [page, section]) : [[page]];
})"""
"""The results that a reader sees without unfolding: sections, each with its page."""

ANSWERED = """() => document.querySelector('.md-search-result__item')
    && !document.querySelector('.md-search-result__item[data-old]')"""


@pytest.fixture(scope="module")
def readers(browser: Browser, site_url: str) -> Iterator[dict[str, Page]]:
    """One window a language, in which all is searched; at the end nothing went wrong in it."""
    visitor = Visitor(browser, site_url)
    pages = {locale: visitor.open(f"{locale}/") for locale in ("zh", "en")}
    for page in pages.values():
        settle(page)
    yield pages
    for page in pages.values():
        page.context.close()
    assert visitor.errors == []
    assert visitor.foreign == []


def found(page: Page, words: str) -> list[list[str]]:
    """What is shown for *words*: addresses below the root of the site."""
    field = page.locator(".md-search__input")
    field.focus()
    page.evaluate(
        "document.querySelectorAll('.md-search-result__item').forEach(i => i.dataset.old = '')"
    )
    field.fill(words)
    field.press("End")  # Material listens for keys
    until(page, ANSWERED)  # the first one waits for the index
    root = page.url.split("#")[0]
    return [
        [
            href.removeprefix(root).replace("?" + href.partition("?")[2].partition("#")[0], "")
            for href in line
        ]
        for line in page.evaluate(SHOWN)
    ]


@pytest.mark.parametrize(("locale", "words", "target"), TABLE)
def test_search_finds_the_section(
    readers: dict[str, Page], locale: str, words: str, target: str
) -> None:
    """In the reader's language, among the first three results."""
    first = found(readers[locale], words)[:3]
    assert target in [address for line in first for address in line], first


def test_a_result_opens_its_section(readers: dict[str, Page]) -> None:
    """By keyboard: Enter takes the best."""
    page = readers["zh"]
    found(page, "软阈值")
    page.locator(".md-search__input").press("Enter")
    page.wait_for_url("**/zh/regularization/l1-l2/**#soft-threshold")
