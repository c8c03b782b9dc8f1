"""What axe and Lighthouse do not see (ui.md, 5.3): width, mixed languages, bars that hide the focus, weight."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import brotli
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # to list every element that is right takes as long again
    "preload": False,  # for rules about sound and film, which no page has
}
# Colours are the same in every language, and to measure them is two thirds of axe's work: once per page and width. This
# language shows more than Chinese: the marks of what is written in Chinese only.
CONTRAST_LANGUAGE = "en"
# Words in Han characters outside an element that says it is Chinese.
_STRAY_HAN = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, parent = node.parentElement;
    if (/[\\u3400-\\u9fff]/.test(node.data) && !parent.closest('[lang="zh-Hans"]:not(html), script, style, noscript')) {
      found.push(node.data.trim());
    }
  }
  for (const one of document.querySelectorAll('[placeholder],[aria-label],[title],option')) {
    for (const name of ['placeholder', 'aria-label', 'title']) {
      const text = one.getAttribute(name) || '';
      if (/[\\u3400-\\u9fff]/.test(text) && !one.closest('[lang="zh-Hans"]:not(html)')) found.push(name + ': ' + text);
    }
  }
  return found;
}"""
# Where the element with the focus is hidden by something fixed or sticky that it does not belong to.
_HIDDEN_FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one.id === 'content') return '';
  const box = one.getBoundingClientRect();
  if (!box.width || !box.height) return '';
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  for (const y of [box.top + 2, box.top + box.height / 2]) {
    if (y < 0 || y > innerHeight) return 'out of sight: ' + one.outerHTML.slice(0, 120);
    const top = document.elementFromPoint(x, y);
    if (top && !one.contains(top) && !top.contains(one)) {
      const bar = top.closest('.buy-bar, .total-bar, .panel-foot, .panel-head, .bulk, header');
      if (bar && !bar.contains(one)) return one.outerHTML.slice(0, 120) + ' under ' + bar.className;
    }
  }
  return '';
}"""


@dataclass
class Watch:
    """Collects what a page complains of and what it loads."""

    complaints: list[str] = field(default_factory=list)
    loaded: list[Response] = field(default_factory=list)

    def __call__(self, page: Page) -> "Watch":
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", lambda response: self.loaded.append(response))
        return self


def problems(page: Page, width: int, language: str) -> list[str]:
    """Everything that is wrong with the page as it stands. Runs axe last: it trips the style rule of our own CSP."""
    found = []
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        found.append(f"{wide} px wide")
    if language != "zh-hans":
        found += [f"Chinese without a mark: {text}" for text in page.evaluate(_STRAY_HAN)]
    if page.locator("h1:visible").count() != 1:
        found.append("not exactly one h1")
    found += [
        f"{name} is not to be seen" for name in ("header", "main", "footer") if not page.locator(name).is_visible()
    ]
    page.evaluate(AXE_SCRIPT)
    rules = RULES if language == CONTRAST_LANGUAGE else RULES | {"rules": {"color-contrast": {"enabled": False}}}
    # Only what is wrong comes back: the list of all that is right takes half as long again as finding it.
    results = page.evaluate(f"axe.run({json.dumps(rules)}).then(found => found.violations)")
    found += [f"axe {one['id']}: {one['nodes'][0]['html'][:200]}" for one in results]
    return found


def hidden_focus(page: Page, *, steps: int = 60) -> list[str]:
    """Tab through the page; what lies under a bar when it has the focus."""
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    found = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        if hidden := page.evaluate(_HIDDEN_FOCUS):
            found.append(hidden)
    return found


def weight(watch: Watch, only: Callable[[Response], bool] = lambda _: True) -> int:
    """Bytes of the first view as sent in production: texts compressed, pictures as they are."""
    total = 0
    for response in watch.loaded:
        if response.status >= 300 or not only(response):
            continue
        body, kind = response.body(), response.headers.get("content-type", "")
        if "html" in kind:
            body = gzip.compress(body)
        elif "text" in kind or "javascript" in kind or "svg" in kind:
            body = brotli.compress(body)
        total += len(body)
    return total
