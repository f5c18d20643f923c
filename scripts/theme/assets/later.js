// What a page leaves for later, so that it opens at once: layout of what is far, the SVG of
// figures, the code of folds, the script of sections in the other language.
(function () {
  "use strict";
  const xlink = "http://www.w3.org/1999/xlink";
  let count = 0;

  // Scripts and styles that few readers need: each comes once, when somebody asks for it.
  const beside = document.currentScript.src;
  const coming = new Map();
  function bring(name) {
    const file = new URL(name, beside).href;
    const element = name.endsWith(".css")
      ? Object.assign(document.createElement("link"), { rel: "stylesheet", href: file })
      : Object.assign(document.createElement("script"), { src: file });
    return new Promise((resolve, reject) => {
      Object.assign(element, { onload: resolve, onerror: reject });
      document.head.append(element);
    });
  }
  window.attestBring = (name) => {
    if (!coming.has(name)) coming.set(name, bring(name));
    return coming.get(name);
  };

  // Parts that are far are laid out when they come near (attest.css). Who comes to a place within
  // the page, or back to it, gets all parts at once, so that nothing moves; so does paper.
  let here = location.href; // of the page that is shown; the address changes first
  let jump = true;
  function wake() {
    for (const part of document.querySelectorAll(".attest-part")) part.classList.add("attest-awake");
  }
  window.document$.subscribe(() => {
    here = location.href;
    const [visit] = performance.getEntriesByType("navigation");
    const back = visit && visit.type !== "navigate";
    if (location.hash || back) wake();
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (place && jump && !back) requestAnimationFrame(() => place.scrollIntoView());
    if (place && jump === "click" && document.activeElement === document.body) {
      place.tabIndex = -1; // Material has put a new page in place of the one that had the focus
      place.focus({ preventScroll: true });
    }
    jump = false;
  });
  addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element && event.target.closest("a[href*='#']");
      if (!link) return;
      jump = "click";
      if (link.pathname === location.pathname) wake();
    },
    true
  );
  addEventListener("beforeprint", wake);

  // At the first sign that the page is read the others follow, one in each idle moment. Then a
  // height of the page stands for one place, which Back, a reload and paper find again.
  let waking = false;
  function wakeNext() {
    const part = document.querySelector(".attest-part:not(.attest-awake)");
    waking = part !== null;
    if (!waking) return;
    part.classList.add("attest-awake");
    (window.requestIdleCallback || setTimeout)(wakeNext);
  }

  // Figures come as pictures, which load when they are near and need no script. When one has
  // come, its SVG takes the picture's place, so that its words can be selected and searched.

  // Two figures of a page may stem from one file: each gets ids of its own.
  function rename(svg) {
    const prefix = `figure${++count}-`;
    for (const element of svg.querySelectorAll("[id]")) element.id = prefix + element.id;
    for (const element of svg.querySelectorAll("*")) {
      for (const attribute of element.attributes) {
        if (attribute.value.startsWith("url(#")) {
          attribute.value = attribute.value.replace("#", `#${prefix}`);
        } else if (attribute.namespaceURI === xlink && attribute.value.startsWith("#")) {
          attribute.value = `#${prefix}${attribute.value.slice(1)}`;
        }
      }
    }
  }

  async function draw(picture) {
    try {
      const file = await fetch(picture.currentSrc, { cache: "force-cache" });
      const text = (await file.text()).replace(/<style>.*?<\/style>/s, ""); // the page has its own
      const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
      const svg = document.importNode(parsed.documentElement, true);
      rename(svg);
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", picture.alt);
      picture.replaceWith(svg);
    } catch {
      // A picture from the file system cannot be read by a script; it stays as it is.
    }
  }

  const wanted = (element) => element instanceof Element && element.matches("img.attest-svg");
  document.addEventListener("load", (event) => wanted(event.target) && draw(event.target), true);
  for (const picture of document.querySelectorAll("img.attest-svg")) {
    if (picture.complete && picture.naturalWidth) draw(picture);
  }

  // The code of all folds of a page is in a file beside it, which comes at the first sign that
  // the page is read. Printing waits for nothing: then it comes at once, or not at all.
  const fileOf = (fold) => new URL("folded.txt", fold.dataset.page || here).href;
  const files = new Map();
  const asked = new Set();
  const { translations } = JSON.parse(document.getElementById("__config").textContent);
  function fill() {
    for (const fold of document.querySelectorAll("details[data-code]")) {
      const codes = files.get(fileOf(fold));
      if (!codes) continue;
      const code = document.importNode(codes[fold.dataset.code], true);
      const pre = code.querySelector("pre");
      if (pre) pre.prepend(copyOf(pre));
      fold.lastElementChild.replaceWith(code);
      delete fold.dataset.code;
    }
    dispatchEvent(new Event("resize")); // what scrolls sideways may be new
  }
  // As Material makes it for the code that it finds on a page.
  function copyOf(pre) {
    pre.id = `fold${++count}`;
    const button = document.createElement("button");
    button.className = "md-code__button";
    button.title = translations["clipboard.copy"];
    Object.assign(button.dataset, { clipboardTarget: `#${pre.id} > code`, mdType: "copy" });
    const buttons = document.createElement("nav");
    buttons.className = "md-code__nav";
    buttons.append(button);
    return buttons;
  }
  function keep(file, text) {
    files.set(file, new DOMParser().parseFromString(text, "text/html").body.children);
    fill();
  }
  function missing() {
    const wanted = new Set([...document.querySelectorAll("details[data-code]")].map(fileOf));
    return [...wanted].filter((file) => !files.has(file));
  }
  async function unfold() {
    fill();
    for (const file of missing().filter((file) => !asked.has(file))) {
      asked.add(file);
      try {
        const answer = await fetch(file);
        if (answer.ok) keep(file, await answer.text());
      } catch {
        asked.delete(file); // a fold then has a link to the whole snippet
      }
    }
  }
  addEventListener("toggle", unfold, true);
  document.addEventListener("attest-opened", unfold);

  // What opens a section's text in the other language comes then too. A click that is quicker
  // waits for it; without it, as from the file system, the mark at a heading is a link.
  const served = location.protocol !== "file:";
  const sections = async () => {
    await window.attestBring("sections.js").catch(() => {});
    removeEventListener("click", wait, true);
  };
  async function wait(event) {
    const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
    const mark = target instanceof Element && target.closest(".attest-section");
    if (!mark || button || ctrlKey || metaKey || shiftKey || altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await sections();
    mark.click();
  }
  if (served) addEventListener("click", wait, true);

  for (const sign of ["scroll", "pointerdown", "keydown"]) {
    addEventListener(
      sign,
      () => {
        waking || wakeNext();
        unfold();
        if (served) sections();
      },
      { capture: true, passive: true }
    );
  }

  addEventListener("beforeprint", () => {
    for (const picture of document.querySelectorAll("img.attest-svg")) picture.loading = "eager";
    for (const file of served ? missing() : []) {
      const now = new XMLHttpRequest();
      now.open("GET", file, false);
      now.send();
      if (now.status === 200) keep(file, now.responseText);
    }
  });
})();
