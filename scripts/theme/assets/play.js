// Figures to play with: the script that draws them comes when the first of them is near.
(function () {
  "use strict";
  const source = new URL("play-figures.js", document.currentScript.src).href;
  let coming = null;
  function load() {
    coming ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.onload = resolve;
      script.onerror = reject;
      script.src = source;
      document.head.append(script);
    });
    return coming;
  }

  async function open(panel) {
    near.unobserve(panel);
    try {
      await load();
      if (!panel.firstElementChild.nextSibling) window.attestPlay(panel);
    } catch {
      panel.parentElement.classList.add("attest-still"); // the figure stays as it was
    }
  }
  const near = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && open(entry.target)),
    { rootMargin: "100%" }
  );

  class Panel extends HTMLElement {
    connectedCallback() {
      near.observe(this);
    }
    disconnectedCallback() {
      near.unobserve(this);
    }
  }
  for (const name of ["axes", "lambda", "dropout", "batch"]) {
    customElements.define(`attest-${name}`, class extends Panel {});
  }
})();
