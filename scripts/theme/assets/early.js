// What has to be said before Material's script runs.
(function () {
  "use strict";

  // The index of the search weighs more than a page: it comes when the reader turns to the search.
  const deferred = location.protocol !== "file:" && !new URLSearchParams(location.search).has("q");
  const wanted = new Promise((resolve) => {
    if (!deferred) return resolve();
    const search = (target) => target instanceof Element && target.closest(".md-search, [for=__search]");
    const want = (event) => search(event.target) && resolve();
    for (const kind of ["focusin", "pointerover", "pointerdown"]) addEventListener(kind, want);
    addEventListener("keydown", (event) => ["f", "s", "/"].includes(event.key) && resolve());
  });

  // Material's script asks for the index by XMLHttpRequest, and starts the worker that reads it.
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.attestWaits = String(url).endsWith("/search_index.json");
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (this.attestWaits) wanted.then(() => send.call(this, body));
    else send.call(this, body);
  };
  const Started = window.Worker;
  window.Worker = class extends EventTarget {
    constructor(url, options) {
      super();
      this.worker = wanted.then(() => {
        const worker = new Started(url, options);
        for (const kind of ["message", "error"]) {
          worker.addEventListener(kind, (event) =>
            this.dispatchEvent(new event.constructor(kind, event))
          );
        }
        return worker;
      });
    }
    postMessage(...message) {
      this.worker.then((worker) => worker.postMessage(...message));
    }
    terminate() {
      this.worker.then((worker) => worker.terminate());
    }
  };
})();
