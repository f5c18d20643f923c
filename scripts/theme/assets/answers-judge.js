// Judges what a reader answers to an exercise (answers.js). Nothing is computed here but how far
// from the value of the build an answer is.
(function () {
  "use strict";
  const NUMBER = "([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?)";
  const ANSWER = new RegExp(`^${NUMBER}(?:/${NUMBER})?(%?)(?!.*\\d)`, "i");

  // A number as readers write it: 1/2, 50 %, 3×10⁻⁴, 12,000, c ≈ 0,5; full-width or with a Chinese
  // full stop for the point; a unit may follow.
  function read(written) {
    let text = written.normalize("NFKC").replace(/[−–—]/g, "-").replace(/⁄/g, "/");
    text = text.replace(/\s+(?!\d)|(?<!\d)\s+|\s(?=\d{3}(?!\d))/g, "").replace(/^.*[=≈~约]/, "");
    text = text.replace(/(?<![\d.,])[1-9]\d{0,2}(,\d{3})+(?![\d,])/g, (each) => each.replaceAll(",", ""));
    text = text.replace(/[,。、]/g, ".");
    text = text.replace(/[x×*·⋅]10\^?\(?([+-]?\d+)\)?/i, "e$1");
    text = text.replace(/^([+-]?)10\^\(?([+-]?\d+)\)?/, (_, sign, power) => `${sign}1e${power}`);
    const [, above, below = "1", percent] = text.match(ANSWER) || [];
    return Number(above) / Number(below) / (percent ? 100 : 1);
  }

  // Which of the words of `attest.answers` an answer gets.
  function judge(given, { value, within }) {
    const right = (number) => Math.abs(number - value) <= within + 1e-9 * Math.abs(value);
    if (!Number.isFinite(given)) return "unread";
    if (right(given)) return "right";
    if (within && Math.abs(given - value) <= 4 * within) return "close";
    if (!value || !given) return "wrong";
    if (right(-given)) return "sign";
    if (right(100 * given) || right(given / 100)) return "hundred";
    if (right(2 * given) || right(given / 2)) return "two";
    return right(1 / given) ? "inverse" : "wrong";
  }

  function verdict(form, secret) {
    const { choice } = form.elements;
    if (!choice) return judge(read(form.querySelector("input").value), secret);
    if (choice.value === "") return "none";
    return Number(choice.value) === secret.choice ? "chosen" : "wrong";
  }

  function clear(form) {
    delete form.dataset.verdict;
    form.querySelector("output").replaceChildren();
    form.querySelector("input").removeAttribute("aria-invalid");
  }

  function tell(form) {
    const secret = JSON.parse(atob(form.dataset.answer));
    const kind = verdict(form, secret);
    const right = kind === "right" || kind === "chosen";
    const said = [JSON.parse(form.dataset.said)[kind].replace("{}", secret.shown)];
    clear(form);
    if (!["unread", "none"].includes(kind)) form.dataset.verdict = right ? "right" : "wrong";
    if (form.dataset.verdict === "wrong") {
      if (!/[。！？]$/.test(said)) said.push(" ");
      said.push(...form.querySelector(".attest-answer__hint").cloneNode(true).childNodes);
    }
    if (!right && !form.elements.choice) {
      form.querySelector("input").setAttribute("aria-invalid", "true");
    }
    // A moment later, so that the same words are read out again.
    requestAnimationFrame(() => form.querySelector("output").replaceChildren(...said));
  }

  document.addEventListener("input", ({ target }) => {
    const form = target instanceof Element && target.closest("form.attest-answer");
    if (form) clear(form);
  });
  window.attestJudge = tell;
})();
