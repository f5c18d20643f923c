// Search from the file system, where no worker starts: it runs in a hidden frame instead.
(function () {
  "use strict";
  if (location.protocol !== "file:") return;

  // The one worker of these pages, as Material's script and the worker itself see it. The worker
  // asks whether its parent has a thing of this name, and waits for the files that it brings in.
  window.IFrameWorker = window.Worker = class extends EventTarget {
    #waiting = [];
    #receive = null;
    #scope;

    constructor(address) {
      super();
      const url = new URL(address, location);
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      frame.contentDocument.open(); // else some browsers put another document in its place
      frame.contentDocument.write("<!doctype html><title>Search</title><body>");
      frame.contentDocument.close();
      this.#scope = frame.contentWindow;
      this.#scope.addEventListener = (_, listener) => {
        this.#receive = listener;
        for (const data of this.#waiting.splice(0)) this.#deliver(data);
      };
      this.#scope.postMessage = (data) =>
        this.dispatchEvent(new MessageEvent("message", { data }));
      this.#scope.importScripts = async (...files) => {
        for (const file of files) await this.#load(new URL(file, url));
      };
      this.#load(url);
    }

    postMessage(data) {
      if (this.#receive) this.#deliver(data);
      else this.#waiting.push(data);
    }

    terminate() {
      this.#scope.frameElement.remove();
    }

    // A copy, as a worker gets it, once the page has been drawn: the frame has no thread of its own.
    #deliver(data) {
      setTimeout(() => this.#receive({ data: this.#scope.structuredClone(data) }));
    }

    #load(url) {
      return new Promise((resolve) => {
        const script = this.#scope.document.createElement("script");
        script.onload = resolve;
        script.onerror = without; // nothing that waits for the file goes on
        script.src = url;
        this.#scope.document.body.append(script);
      });
    }
  };

  // Where the browser forbids even that, the place of the results says so.
  function without() {
    const words = JSON.parse(document.getElementById("attest-words").textContent);
    document.querySelector(".md-search-result__meta").textContent = words.no_search;
    document.querySelector(".md-search__input").readOnly = true; // it still opens the note
  }
})();
