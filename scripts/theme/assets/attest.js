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

  // The section that is being read: the last heading above the upper third of the window.
  function section() {
    const above = [...article().querySelectorAll("h2[id], h3[id], h4[id]")].filter(
      (heading) => heading.getBoundingClientRect().top < innerHeight / 3
    );
    return above.length ? "#" + above[above.length - 1].id : "";
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element && event.target.closest("a[href]");
      if (!link) return;
      if (link.matches(".attest-language, .attest-section")) {
        try {
          localStorage.setItem("attest.language", link.hreflang);
        } catch {
          // The choice then lasts for this page only.
        }
      }
      if (link.matches(".attest-language") && article()) {
        link.href = link.href.split("#")[0] + section();
      }
      // A folder opened from disk has no server that finds its index.
      if (location.protocol === "file:" && link.protocol === "file:" && link.pathname.endsWith("/")) {
        link.href = link.href.replace(/\/(?=$|[?#])/, "/index.html");
      }
    },
    true
  );

  // What scrolls sideways can be reached and named by keyboard; what does not is no tab stop.
  function reach() {
    const regions = ".attest-display, .md-typeset__scrollwrap, .md-typeset pre > code";
    for (const region of document.querySelectorAll(regions)) {
      if (region.scrollWidth > region.clientWidth + 1) {
        region.tabIndex = 0;
        if (!region.matches("code")) {
          region.setAttribute("role", "group");
          region.setAttribute("aria-label", words.scroll);
        }
      } else if (region.tabIndex === 0) {
        region.removeAttribute("tabindex");
        region.removeAttribute("role");
        region.removeAttribute("aria-label");
      }
    }
  }

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
  new MutationObserver(quieten).observe(document.body, { childList: true, subtree: true });

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
      count.value = `${shown} ${words.rows_shown}`;
    }
    apply();
  }

  addEventListener("resize", reach);
  window.document$.subscribe(() => {
    follow();
    reach();
    quieten();
    filters();
    setTimeout(reach, 300); // Material wraps tables a moment later
  });
})();
