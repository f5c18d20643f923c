// The mark at a heading opens the section's text in the other language, right below it.
(function () {
  "use strict";
  if (location.protocol === "file:") return; // nothing can be fetched there: the marks stay links
  const words = JSON.parse(document.getElementById("attest-words").textContent);
  const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];
  const OWN = ".headerlink, .attest-section, .attest-glyphs, script, style";
  const ADDRESSES = ["href", "src"];
  const NAMES = [
    "aria-controls", "aria-describedby", "aria-details", "aria-labelledby", "aria-owns", "for",
    "headers", "list", "popovertarget",
  ];

  const status = document.createElement("div");
  status.className = "attest-hidden";
  status.setAttribute("role", "status");
  document.body.append(status);

  const pages = new Map(); // address -> promise of a document
  function load(url) {
    if (!pages.has(url)) {
      const page = fetch(url, { signal: AbortSignal.timeout(10000) }).then(async (answer) => {
        if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
        return new DOMParser().parseFromString(await answer.text(), "text/html");
      });
      page.catch(() => pages.delete(url));
      pages.set(url, page);
    }
    return pages.get(url);
  }

  // What follows a heading, up to the next that is not below it; of a page, its lead.
  function cut(heading) {
    const level = HEADINGS.indexOf(heading.localName);
    const end = HEADINGS.slice(0, Math.max(level, 1) + 1).join();
    const text = document.createDocumentFragment();
    for (let node = heading.nextSibling; node && !node.matches?.(end); node = node.nextSibling) {
      text.append(document.importNode(node, true));
    }
    for (const own of text.querySelectorAll(OWN)) own.remove();
    return text;
  }

  // Links lead where they led; what refers to an id of the text refers to its new name.
  function adopt(text, url, prefix) {
    const ids = new Set([...text.querySelectorAll("[id]")].map((element) => element.id));
    const renamed = (id) => (ids.has(id) ? prefix + id : id);
    const local = (address) => ids.has(decodeURIComponent(address.slice(1)));
    for (const element of text.querySelectorAll("*")) {
      for (const attribute of element.attributes) {
        const { name, value } = attribute;
        if (name === "id") {
          attribute.value = renamed(value);
        } else if (NAMES.includes(name)) {
          attribute.value = value.split(/\s+/).map(renamed).join(" ");
        } else if (name === "xlink:href" || (ADDRESSES.includes(name) && value[0] === "#")) {
          if (local(value)) attribute.value = "#" + prefix + value.slice(1);
          else if (element.matches("a")) attribute.value = new URL(value, url).href;
        } else if (ADDRESSES.includes(name)) {
          attribute.value = new URL(value, url).href;
        } else if (value.includes("url(#")) {
          attribute.value = value.replace(/url\(#([^)]+)\)/g, (_, id) => `url(#${renamed(id)})`);
        }
      }
    }
  }

  // Formulas refer to outlines that a page holds once; those of the other page are added.
  function lend(page, text) {
    let sheet = document.querySelector("article .attest-glyphs");
    for (const use of text.querySelectorAll("use")) {
      const id = use.getAttribute("xlink:href").slice(1);
      const glyph = document.getElementById(id) ? null : page.getElementById(id);
      if (!glyph) continue;
      if (!sheet) {
        sheet = document.importNode(page.querySelector(".attest-glyphs"), true);
        sheet.querySelector("defs").replaceChildren();
        document.querySelector("article").append(sheet);
      }
      sheet.querySelector("defs").append(document.importNode(glyph, true));
    }
  }

  // Material does this to the tables of a page, once, when it arrives.
  function wrap(text) {
    for (const table of text.querySelectorAll("table:not([class])")) {
      const [outer, inner] = [document.createElement("div"), document.createElement("div")];
      outer.className = "md-typeset__scrollwrap";
      inner.className = "md-typeset__table";
      table.replaceWith(outer);
      outer.append(inner);
      inner.append(table);
    }
  }

  // The region: which language, the section's title as a link to its page, a way to close it.
  function region(mark, page, url, id) {
    const heading = page.getElementById(id);
    const text = cut(heading);
    if (!text.querySelector("*")) throw new Error(`${url}: nothing at #${id}`);
    const name = `${mark.hreflang}:${id}`;
    adopt(text, url, name + ":");
    const title = document.createElement("a");
    title.append(...document.importNode(heading, true).childNodes);
    for (const own of title.querySelectorAll(OWN)) own.remove();
    title.className = "attest-other__title";
    Object.assign(title, { href: mark.href, hreflang: mark.hreflang, lang: mark.hreflang });
    title.title = mark.title;
    const close = document.createElement("button");
    Object.assign(close, { type: "button", textContent: words.close });
    close.addEventListener("click", () => shut(mark));
    const head = document.createElement("div");
    head.className = "attest-other__head";
    head.append(title, close);
    const body = document.createElement("div");
    Object.assign(body, { className: "attest-other__text", lang: mark.hreflang });
    wrap(text);
    body.append(text);
    const block = document.createElement("div");
    Object.assign(block, { className: "attest-other", id: name });
    block.setAttribute("role", "region");
    block.setAttribute("aria-label", words.other);
    block.append(head, body);
    lend(page, block);
    block.addEventListener("keydown", (event) => {
      if (event.key === "Escape") shut(mark);
    });
    return block;
  }

  const followed = new WeakSet(); // marks whose text cannot be had: they are links again
  async function open(mark) {
    const [url, hash] = mark.href.split("#");
    mark.setAttribute("aria-busy", "true");
    try {
      const page = await load(url);
      if (!mark.isConnected) return; // the reader went on to another page
      const block = region(mark, page, url, decodeURIComponent(hash));
      mark.closest(HEADINGS.join()).after(block);
      mark.setAttribute("aria-controls", block.id);
      mark.setAttribute("aria-expanded", "true");
      status.textContent = words.opened;
      document.dispatchEvent(new CustomEvent("attest-opened", { detail: block }));
      block.firstChild.scrollIntoView({ block: "nearest" });
    } catch {
      if (!mark.isConnected) return;
      followed.add(mark);
      mark.click();
    } finally {
      mark.removeAttribute("aria-busy");
    }
  }

  function shut(mark) {
    document.getElementById(mark.getAttribute("aria-controls"))?.remove();
    mark.removeAttribute("aria-controls");
    mark.setAttribute("aria-expanded", "false");
    status.textContent = "";
    mark.focus();
  }

  function toggle(mark) {
    if (mark.hasAttribute("aria-busy")) return;
    if (mark.getAttribute("aria-expanded") === "true") shut(mark);
    else open(mark);
  }

  const markOf = (event) =>
    event.target instanceof Element && event.target.closest("a.attest-section[aria-expanded]");

  // Before all others: to open a text in place is neither a way to go nor a choice of language.
  addEventListener(
    "click",
    (event) => {
      const mark = markOf(event);
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
      if (!mark || event.button || elsewhere || followed.delete(mark)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      toggle(mark);
    },
    true
  );

  addEventListener("keydown", (event) => {
    const mark = event.key === " " && !event.repeat && markOf(event);
    if (!mark) return;
    event.preventDefault();
    toggle(mark);
  });

  window.document$.subscribe(() => {
    status.textContent = "";
    for (const mark of document.querySelectorAll("article .attest-section")) {
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-expanded", "false");
    }
  });
})();
