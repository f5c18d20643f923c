// Figures to play with: what draws them comes when the first of them is near.
(function () {
  "use strict";
  async function open(panel) {
    near.unobserve(panel);
    try {
      await Promise.all(["play-figures.css", "play-figures.js"].map(window.attestBring));
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
