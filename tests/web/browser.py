"""Pages served on a port of their own, and Chromium that opens them and tells what went wrong."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from coopnlp.web.app import make_datasette
from coopnlp.web.settings import Settings
from coopnlp.web.site import site_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def missing() -> str | None:
    """Why no browser can be driven here."""
    if find_spec("playwright") is None:
        return 'Playwright is not installed: pip install "coopnlp[test]"'
    return None if _chromium() else "Chromium is not installed: apt-get install chromium"


def _chromium() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def served(register: Path) -> Iterator[str]:
    """Serve a register in a thread, on a free port of loopback; the address of the first page."""
    datasette = make_datasette(register, settings=Settings(rate=1000.0, burst=100_000))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        # websockets is never asked for, and its import warns
        server = uvicorn.Server(
            uvicorn.Config(datasette.app(), log_level="error", ws="none", timeout_graceful_shutdown=2)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + 30
            while not server.started:
                assert thread.is_alive() and time.monotonic() < deadline, "the server does not start"
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
            site_of(datasette).close()
            datasette.executor.shutdown()
            for database in datasette.databases.values():
                database.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; its sandbox asks for another user than root."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=flags)
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """A page, and what nobody should see while it is used.

    ``faults`` are scripts that failed or asked something of the reader, lines of
    the console (the violations of the policy among them), answers that are no
    success, and requests to another place than the server.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda told: self.faults.append(f"console: {told.text}"))
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda sent: self._request(sent.url))
        self.page.on("response", lambda got: self._response(got.status, got.url))
        self.page.on("requestfailed", lambda sent: self._failed(sent.url, str(sent.failure)))

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, url: str) -> None:
        if not url.startswith((self.address + "/", "data:")):
            self.faults.append(f"elsewhere: {url}")

    def _response(self, status: int, url: str) -> None:
        if status >= 400:
            self.faults.append(f"{status}: {url}")

    def _failed(self, url: str, why: str) -> None:
        # an image that was on its way when the page was left
        if "ERR_ABORTED" not in why:
            self.faults.append(f"failed: {url} {why}")

    def open(self, path: str) -> Page:
        """Open a page of the register."""
        self.page.goto(self.address + path)
        return self.page

    def taken(self) -> list[str]:
        """Return the faults so far, and forget them."""
        found, self.faults = self.faults, []
        return found


@contextmanager
def tab(browser: Browser, address: str, **options: Any) -> Iterator[Tab]:
    """Open a tab that shares nothing with others."""
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "fr-FR", **options})
    context.set_default_timeout(15_000)
    try:
        yield Tab(context, address)
    finally:
        context.close()


# What is wrong with the page that is open, in words; nothing where all is well.
FAULTS = """() => {
  const found = [], wide = document.documentElement.clientWidth;
  const told = (node) => node.tagName.toLowerCase() + (node.id ? '#' + node.id : '') + ' ' + node.textContent.trim().slice(0, 40);
  const seen = (node) => node.checkVisibility({visibilityProperty: true});
  if (document.documentElement.scrollWidth > wide) found.push('wider than the window: ' + document.documentElement.scrollWidth);
  for (const node of document.querySelectorAll('main *, header *, footer *')) {
    if (!seen(node) || node.closest('.defile, .cache, svg')) continue;
    if (node.getBoundingClientRect().right > wide + 1) found.push('sticks out: ' + told(node));
  }
  const heads = [...document.querySelectorAll('h1, h2, h3, h4')].filter(seen).map(node => +node.tagName[1]);
  if (heads.filter(level => level === 1).length !== 1) found.push('headings of level 1: ' + heads);
  heads.reduce((last, level) => { if (level > last + 1) found.push('a level of headings is left out: ' + heads); return level; }, 0);
  const ids = [...document.querySelectorAll('[id]')].map(node => node.id);
  for (const id of new Set(ids)) if (ids.filter(other => other === id).length > 1) found.push('twice: #' + id);
  for (const node of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!node.labels.length && !node.getAttribute('aria-label')) found.push('without a label: ' + told(node) + node.name);
  for (const node of document.querySelectorAll('a[href], button')) {
    const name = node.getAttribute('aria-label') || node.textContent.trim() || node.querySelector('[alt], title');
    if (!name) found.push('without a name: ' + node.outerHTML.slice(0, 80));
  }
  for (const node of document.querySelectorAll('img'))
    if (!node.alt || (node.complete && node.loading !== 'lazy' && !node.naturalWidth)) found.push('image: ' + node.src);
  if (document.documentElement.lang !== 'fr') found.push('lang: ' + document.documentElement.lang);
  if (!/\\S.* – \\S/.test(document.title)) found.push('title: ' + document.title);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());)
    if (/\\b(None|undefined|nan)\\b|{{|{%/.test(node.textContent) && !node.parentElement.closest('.texte, .citation, .extrait') && !node.textContent.includes('onerror'))
      found.push('a value that is none: ' + node.textContent.trim().slice(0, 60));
  return found;
}"""

# Contrast of every text with what lies under it, where it is too small (WCAG 2.2, 1.4.3); texts in drawings are left out.
CONTRAST = """() => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
  };
  const over = (top, under) => top.slice(0, 3).map((value, at) => value * top[3] + under[at] * (1 - top[3]));
  const light = (rgb) => {
    const [r, g, b] = rgb.map(value => value / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ratio = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x); return (a + .05) / (b + .05); };
  const ground = (node) => {
    if (!node) return [255, 255, 255];
    const own = rgba(getComputedStyle(node).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, ground(node.parentElement));
  };
  const found = []; let count = 0;
  for (const node of document.body.querySelectorAll('*')) {
    if (node.closest('svg, .cache') || !node.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    if (![...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())) continue;
    const style = getComputedStyle(node), under = ground(node), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
    const found_ratio = ratio(over(rgba(style.color), under), under);
    count += 1;
    if (found_ratio < (large ? 3 : 4.5)) found.push(found_ratio.toFixed(2) + ' ' + node.className + ': ' + node.textContent.trim().slice(0, 40));
  }
  const root = getComputedStyle(document.documentElement);
  for (const name of ['--lien', '--lien-vu', '--discret', '--alerte', '--bon'])
    for (const paper of ['--papier', '--feuille', '--fond-doux']) {
      const told = ratio(rgba(root.getPropertyValue(name)).slice(0, 3), rgba(root.getPropertyValue(paper)).slice(0, 3));
      if (told < 4.5) found.push(told.toFixed(2) + ' ' + name + ' on ' + paper);
    }
  return {found, count};
}"""

# The element with the focus: whether it is seen, where it is, and how the focus shows.
FOCUS = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const box = node.getBoundingClientRect();
  const shown = node.matches('.bascule') ? node.nextElementSibling : node, style = getComputedStyle(shown);
  return {
    tag: node.tagName, id: node.id, href: node.getAttribute('href'), name: node.getAttribute('name'), skip: node.matches('.evitement'),
    facet: !!node.closest('.facettes'), outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    inside: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
}"""
