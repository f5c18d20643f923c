// What the pages do beyond Material: the choice of language, keyboards, paper, file://.
(function () {
  "use strict";
  const words = JSON.parse(document.getElementById("attest-words").textContent);
  const article = () => document.querySelector(".md-content article");

  // The header is kept by instant navigation, so its link follows the page's first heading.
  function follow() {
    const here = article() && article().querySelector("h1 .attest-section");
    const header = document.querySelector(".attest-language");
    if (here && header) header.href = here.href.split("#")[0];
  }

  // The place that is being read, by an id that both languages have: what the address names
  // while it is in view, else the last heading, term or row above the upper third of the window.
  function place() {
    const top = (element) => element.getBoundingClientRect().top;
    const own = (element) =>
      article().contains(element) &&
      !element.closest(".attest-other") &&
      element.getClientRects().length > 0;
    const named = document.getElementById(decodeURI(location.hash.slice(1)));
    if (own(named) && top(named) > -1 && top(named) < innerHeight) return "#" + named.id;
    const places = article().querySelectorAll("h2[id], h3[id], h4[id], dt[id], td [id]");
    const above = [...places].filter((each) => own(each) && top(each) < innerHeight / 3);
    return above.length ? "#" + above[above.length - 1].id : "";
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element && event.target.closest("a[href]");
      if (!link) return;
      if (link.hreflang) {
        try {
          localStorage.setItem("attest.language", link.hreflang);
        } catch {
          // The choice then lasts for this page only.
        }
      }
      if (link.matches(".attest-language") && article()) {
        link.href = link.href.split("#")[0] + place();
      }
      // A folder opened from disk has no server that finds its index.
      if (location.protocol === "file:" && link.protocol === "file:" && link.pathname.endsWith("/")) {
        link.href = link.href.replace(/\/(?=$|[?#])/, "/index.html");
      }
    },
    true
  );

  // What scrolls sideways can be reached and named by keyboard; what does not is no tab stop.
  // In parts that are not laid out yet it is looked at when it comes near.
  const near = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && reach(entry.target)),
    { rootMargin: "100%" }
  );
  function reach(region) {
    if (region.scrollWidth > region.clientWidth + 1) {
      region.tabIndex = 0;
      if (!region.matches("code")) {
        region.setAttribute("role", "group");
        const other = region.closest(".attest-other");
        region.setAttribute("aria-label", other ? words.other_scroll : words.scroll);
      }
    } else if (region.tabIndex === 0) {
      region.removeAttribute("tabindex");
      region.removeAttribute("role");
      region.removeAttribute("aria-label");
    }
  }
  function watch(event) {
    near.disconnect();
    const regions = ".attest-display, .md-typeset__scrollwrap, .md-typeset pre > code";
    for (const region of document.querySelectorAll(regions)) {
      if (event && !region.closest(".attest-part:not(.attest-awake)")) reach(region);
      else near.observe(region); // when a page opens there is enough to do
    }
  }

  // A term shows its definition while the pointer or the focus is on it; the pointer may move
  // onto the definition, Escape puts it away, and a finger's first tap shows it. Without a
  // script the browser shows the title.
  const hint = document.createElement("div");
  hint.id = "attest-hint";
  hint.className = "attest-hint";
  hint.setAttribute("role", "tooltip");
  hint.hidden = true;
  let explained = null;
  let timer = 0;
  const termAt = (target) => target instanceof Element && target.closest(".attest-term");

  function explain(term) {
    clearTimeout(timer);
    if (term === explained) return;
    conceal();
    explained = term;
    hint.textContent = term.title;
    term.removeAttribute("title");
    term.setAttribute("aria-describedby", hint.id);
    document.body.append(hint);
    hint.hidden = false;
    const line = term.getClientRects()[0];
    const room = document.documentElement.clientWidth - hint.offsetWidth - 8;
    const below = line.bottom + hint.offsetHeight + 12 < innerHeight;
    const top = below ? line.bottom + 4 : line.top - hint.offsetHeight - 4;
    hint.style.left = `${Math.max(8, Math.min(line.left, room)) + scrollX}px`;
    hint.style.top = `${top + scrollY}px`;
  }

  function conceal() {
    clearTimeout(timer);
    if (!explained) return;
    explained.title = hint.textContent;
    explained.removeAttribute("aria-describedby");
    explained = null;
    hint.hidden = true;
  }

  function soon(action, wait) {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  }

  document.addEventListener("pointerover", (event) => {
    const term = termAt(event.target);
    if (event.pointerType === "touch") return;
    if (term) soon(() => explain(term), 150);
    else if (hint.contains(event.target)) clearTimeout(timer);
    else if (explained && document.activeElement !== explained) soon(conceal, 200);
    else if (!explained) clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const term = termAt(event.target);
    if (term && term.matches(":focus-visible")) explain(term);
  });
  document.addEventListener("focusout", conceal);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") conceal();
  });
  document.addEventListener(
    "click",
    (event) => {
      const term = termAt(event.target);
      if (term && event.pointerType === "touch" && term !== explained) {
        event.preventDefault();
        event.stopPropagation();
        explain(term);
      } else if (!hint.contains(event.target)) {
        conceal();
      }
    },
    true
  );

  // A mark tells the statement of its check, which stands elsewhere on the page.
  addEventListener("pointerover", (event) => {
    const mark = event.target instanceof Element && event.target.closest('.attest-mark[href^="#"]');
    const check = mark && document.getElementById(mark.hash.slice(1));
    if (check) mark.title = check.querySelector("p").textContent.slice(1).trim();
  });

  // Material makes the buttons of each block of code a landmark; a hundred of them help nobody.
  function quieten() {
    for (const buttons of document.querySelectorAll("nav.md-code__nav:not([role])")) {
      buttons.setAttribute("role", "none");
    }
    // Its marks of annotations have a sign but no name.
    for (const mark of document.querySelectorAll(".md-annotation__index:not([aria-label])")) {
      const number = mark.firstElementChild.dataset.mdAnnotationId;
      mark.setAttribute("aria-label", `${words.note} ${number}`);
      mark.parentElement.setAttribute("role", "note");
      mark.parentElement.setAttribute("aria-label", `${words.note} ${number}`);
    }
  }
  let quiet = 0; // once a frame, however much changes
  new MutationObserver(() => {
    quiet ||= requestAnimationFrame(() => {
      quiet = 0;
      quieten();
    });
  }).observe(document.body, { childList: true, subtree: true });

  // Material focuses the field before it is shown, which then fails where it was hidden.
  document.getElementById("__search").addEventListener("change", (event) => {
    if (event.target.checked) document.querySelector(".md-search__input").focus();
  });

  // Material listens for Enter on the labels that open its drawer and search; Space opens too.
  addEventListener("keydown", (event) => {
    if (event.key === " " && event.target instanceof HTMLLabelElement) {
      event.preventDefault();
      event.target.click();
    }
    const search = document.getElementById("__search");
    const typing = event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey;
    if (["f", "s", "/"].includes(event.key) && !typing && !search.checked) {
      event.preventDefault();
      search.click();
    }
    const drawer = document.getElementById("__drawer");
    if (event.key === "Escape" && drawer.checked) {
      drawer.click();
      document.querySelector("[for=__drawer][tabindex]").focus();
    }
  });

  // Folded parts are printed too; addresses only of links that leave the site, which instant
  // navigation has made as long as the others.
  addEventListener("beforeprint", () => {
    for (const link of article().querySelectorAll("a[href]")) {
      link.toggleAttribute("data-attest-inner", link.host === location.host);
    }
    for (const part of document.querySelectorAll("article details:not([open])")) {
      part.open = true;
      part.dataset.attestFolded = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const part of document.querySelectorAll("article details[data-attest-folded]")) {
      part.open = false;
      delete part.dataset.attestFolded;
    }
  });

  // The ledger is a plain table; with a script it can be filtered by verdict and by section.
  function filters() {
    const ledger = document.querySelector(".attest-ledger--whole:not([data-filters])");
    if (!ledger) return;
    ledger.dataset.filters = "";
    const rows = [...ledger.querySelectorAll("tbody tr")];
    const verdict = (row) => row.querySelector(".attest-verdict");
    const note = (row) => row.cells[1].textContent.trim();
    const controls = document.createElement("p");
    controls.className = "attest-filters";
    const select = (label, options) => {
      const menu = document.createElement("select");
      menu.setAttribute("aria-label", label);
      menu.append(new Option(label, ""), ...options.map(([text, value]) => new Option(text, value)));
      menu.addEventListener("change", apply);
      controls.append(menu);
      return menu;
    };
    const count = document.createElement("output");
    const verdicts = new Map(
      rows.map((row) => [verdict(row).textContent, verdict(row).dataset.verdict])
    );
    const sections = new Map(rows.map((row) => [note(row), note(row)]));
    const byVerdict = select(words.all_verdicts, [...verdicts]);
    const bySection = select(words.all_sections, [...sections]);
    controls.append(count);
    ledger.prepend(controls);
    function apply() {
      let shown = 0;
      for (const row of rows) {
        row.hidden =
          (byVerdict.value && verdict(row).dataset.verdict !== byVerdict.value) ||
          (bySection.value && note(row) !== bySection.value);
        shown += !row.hidden;
      }
      for (const group of ledger.querySelectorAll("tbody")) {
        group.hidden = [...group.rows].every((row) => row.hidden);
        // A group of few rows has not the height that the style sheet expects of a whole one.
        group.style.contentVisibility = shown < rows.length ? "visible" : "";
      }
      count.value = `${shown} ${words.rows_shown}`;
    }
    apply();
  }

  addEventListener("resize", watch);
  document.addEventListener("attest-opened", watch);
  document.addEventListener("toggle", watch, true); // code that was folded
  window.document$.subscribe(() => {
    conceal();
    follow();
    watch();
    quieten();
    filters();
    setTimeout(() => watch(), 300); // Material wraps tables a moment later
  });
})();
