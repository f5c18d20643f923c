// Exercises that can be answered in the page. The build wrote each form with the value that
// decides, and hid it: without a script the folded solution is all there is. What judges comes
// when a reader turns to a form.
(function () {
  "use strict";
  const FORM = "form.attest-answer";
  const judge = () => window.attestBring("answers-judge.js");
  const formOf = ({ target }) => target instanceof Element && target.closest(FORM);
  document.addEventListener("focusin", (event) => formOf(event) && judge().catch(() => {}));
  document.addEventListener("submit", async (event) => {
    const form = formOf(event);
    if (!form) return;
    event.preventDefault();
    try {
      await judge();
      window.attestJudge(form);
    } catch {
      form.hidden = true; // the network is gone: the solution remains
    }
  });

  function show() {
    for (const form of document.querySelectorAll(`${FORM}[hidden]`)) form.hidden = false;
  }
  show(); // from the file system Material's script may not get as far as to announce a page
  document.addEventListener("attest-opened", show);
  window.document$.subscribe(show);
})();
