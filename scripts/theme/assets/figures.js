// Figures come as pictures, which load when they are near and need no script. When one has come,
// its SVG takes the picture's place, so that its words can be selected, searched and read out.
(function () {
  "use strict";
  const xlink = "http://www.w3.org/1999/xlink";
  let count = 0;

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
      const parsed = new DOMParser().parseFromString(await file.text(), "image/svg+xml");
      parsed.querySelector("style").remove(); // the page has the palettes
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

  addEventListener("beforeprint", () => {
    for (const picture of document.querySelectorAll("img.attest-svg")) picture.loading = "eager";
  });
})();
