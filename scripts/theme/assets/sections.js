// The mark at a heading opens the section's text in the other language, right below it. It comes
// when a page is read (later.js).
(function () {
  "use strict";
  const words = JSON.parse(document.getElementById("attest-words").textContent);
  const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];
  const OWN = ".headerlink, .attest-section, .attest-glyphs, script, style";
  const ADDRESSES = ["href", "src"];
  const NAMES = [
    "aria-controls", "aria-describedby", "aria-details", "aria-labelledby", "aria-owns", "for",
    "headers", "list", "popovertarget",
  ];

  function create(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  const status = create("div", { className: "attest-hidden" });
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
    for (const fold of text.querySelectorAll("details[data-code]")) fold.dataset.page = url;
    const ids = new Set([...text.querySelectorAll("[id]")].map((element) => element.id));
    const renamed = (id) => (ids.has(id) ? prefix + id : id);
    for (const element of text.querySelectorAll("*")) {
      for (const attribute of element.attributes) {
        const { name, value } = attribute;
        if (name === "id") {
          attribute.value = renamed(value);
        } else if (NAMES.includes(name)) {
          attribute.value = value.split(/\s+/).map(renamed).join(" ");
        } else if (name === "xlink:href" || (ADDRESSES.includes(name) && value[0] === "#")) {
          if (ids.has(value.slice(1))) attribute.value = "#" + prefix + value.slice(1);
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
      const inner = create("div", { className: "md-typeset__table" });
      table.replaceWith(create("div", { className: "md-typeset__scrollwrap" }, inner));
      inner.append(table);
    }
  }

  // What a heading says, without the signs beside it.
  function titleOf(heading) {
    const title = document.createDocumentFragment();
    title.append(...document.importNode(heading, true).childNodes);
    for (const own of title.querySelectorAll(OWN)) own.remove();
    return title;
  }

  // The region: the section's title as a link to its page, a way to close it, the text.
  function region(mark, page, url, id) {
    const heading = page.getElementById(id);
    const text = cut(heading);
    if (!text.querySelector("*")) throw new Error(`${url}: nothing at #${id}`);
    const { href, hreflang, title } = mark;
    const name = `${hreflang}:${id}`;
    adopt(text, url, name + ":");
    wrap(text);
    const link = { className: "attest-other__title", href, hreflang, lang: hreflang, title };
    const block = create(
      "div",
      { className: "attest-other", id: name },
      create(
        "div",
        { className: "attest-other__head" },
        create("a", link, titleOf(heading)),
        create("button", { type: "button", onclick: () => shut(mark) }, words.close)
      ),
      create("div", { className: "attest-other__text", lang: hreflang }, text)
    );
    const own = titleOf(mark.parentElement).textContent.trim();
    block.setAttribute("role", "region");
    block.setAttribute("aria-label", words.other.replace("{}", own));
    lend(page, block);
    block.addEventListener("keydown", (event) => {
      if (event.key === "Escape") shut(mark);
    });
    return block;
  }

  // Sections that are open, by page: Material renders a page anew when the reader comes back,
  // and at the first jump within it.
  const kept = new Map();
  const keptHere = () => {
    if (!kept.has(location.pathname)) kept.set(location.pathname, new Set());
    return kept.get(location.pathname);
  };

  async function insert(mark) {
    const [url, hash] = mark.href.split("#");
    mark.setAttribute("aria-busy", "true");
    try {
      const page = await load(url);
      if (!mark.isConnected) return null; // the reader went on to another page
      const block = region(mark, page, url, decodeURIComponent(hash));
      mark.parentElement.after(block);
      mark.setAttribute("aria-controls", block.id);
      mark.setAttribute("aria-expanded", "true");
      keptHere().add(mark.parentElement.id);
      document.dispatchEvent(new CustomEvent("attest-opened", { detail: block }));
      return block;
    } finally {
      mark.removeAttribute("aria-busy");
    }
  }

  const followed = new WeakSet(); // marks whose text cannot be had: they are links again
  async function open(mark) {
    try {
      const block = await insert(mark);
      if (!block) return;
      status.textContent = words.opened;
      block.firstChild.scrollIntoView({ block: "nearest" });
    } catch {
      if (!mark.isConnected) return;
      followed.add(mark);
      mark.click();
    }
  }

  function shut(mark) {
    document.getElementById(mark.getAttribute("aria-controls"))?.remove();
    keptHere().delete(mark.parentElement.id);
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

  // A place in an opened text has no address of its own.
  function show(place) {
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    place.scrollIntoView();
  }

  const at = (event, selector) => event.target instanceof Element && event.target.closest(selector);
  const MARK = ".attest-section[aria-expanded]";

  // Before all others: to open a text in place is neither a way to go nor a choice of language.
  addEventListener(
    "click",
    (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const mark = at(event, MARK);
      const link = at(event, '.attest-other a[href^="#"]');
      if (!(mark || link) || followed.delete(mark)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (mark) toggle(mark);
      else show(document.getElementById(link.getAttribute("href").slice(1)));
    },
    true
  );

  addEventListener("keydown", (event) => {
    const mark = event.key === " " && !event.repeat && at(event, MARK);
    if (!mark) return;
    event.preventDefault();
    toggle(mark);
  });

  window.document$.subscribe(async () => {
    status.textContent = "";
    const again = [];
    for (const mark of document.querySelectorAll("article .attest-section")) {
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-expanded", "false");
      if (keptHere().has(mark.parentElement.id)) again.push(insert(mark));
    }
    const blocks = await Promise.allSettled(again);
    if (blocks.length && location.hash) {
      document.getElementById(decodeURI(location.hash.slice(1)))?.scrollIntoView();
    }
  });
})();
