// Go to the language that was chosen last, else to the first of the reader's that is here.
(function () {
  "use strict";
  const links = [...document.querySelectorAll("a[data-language]")];
  const wanted = [...(navigator.languages || [navigator.language])];
  try {
    wanted.unshift(localStorage.getItem("attest.language"));
  } catch {
    // A browser that keeps nothing still knows its own languages.
  }
  const codes = wanted.filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
  const code = codes.find((each) => links.some((link) => link.hreflang === each));
  const link = links.find((each) => each.hreflang === code) || links[0];
  const page = location.protocol === "file:" ? "/index.html" : "/"; // no server finds it there
  location.replace(link.href.replace(/\/$/, page) + location.search);
})();
