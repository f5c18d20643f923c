// Draws the figures to play with. Every number stands in their data, as the build's run of PyTorch
// printed it: here numbers are looked up and put into places, none is computed.
(function () {
  "use strict";
  let count = 0;

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }
  function draw(tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }
  const minus = (text) => String(text).replace("-", "−");
  const percent = (share) => `${100 * share}%`;

  // A range over the places of a list; what it stands at is shown and spoken.
  function slider(name, values, start, moved) {
    const id = `play${++count}`;
    const shown = make("output", { htmlFor: id });
    shown.setAttribute("aria-live", "off"); // the range itself speaks
    const max = values.length - 1;
    const range = make("input", { type: "range", id, min: 0, max, step: 1, value: start });
    function tell() {
      shown.value = values[range.value];
      range.setAttribute("aria-valuetext", values[range.value]);
    }
    range.addEventListener("input", () => {
      tell();
      moved();
    });
    tell();
    const label = make("label", { htmlFor: id }, name);
    return [make("div", { className: "attest-slider" }, label, shown, range), () => +range.value];
  }

  function choice(name, options, chosen) {
    const group = `play${++count}`;
    const radios = options.map((option, place) => {
      const radio = make("input", { type: "radio", name: group, checked: place === 0 });
      radio.addEventListener("change", () => chosen(place));
      return make("label", {}, radio, make("span", {}, option));
    });
    return make("fieldset", { className: "attest-choice" }, make("legend", {}, name), ...radios);
  }

  // A table whose cells are found by row and column. A row begins with its sign in the drawing.
  function table(heads, rows) {
    const [first, ...others] = heads.map((text, at) => make(at ? "th" : "td", {}, text));
    for (const head of others) head.scope = "col";
    const cells = rows.map(() => others.map(() => make("td")));
    const lines = rows.map(([name, sign], at) => {
      const head = make("th", { scope: "row" }, name);
      if (sign) head.prepend(make("span", { className: `attest-key attest-${sign}` }));
      return make("tr", {}, head, ...cells[at]);
    });
    const whole = make("table", { className: "attest-numbers" });
    whole.append(make("thead", {}, make("tr", {}, first, ...others)), make("tbody", {}, ...lines));
    return [whole, cells];
  }
  // Numbers that are spoken when they change.
  function live(numbers) {
    const region = make("div", {}, numbers);
    region.setAttribute("aria-live", "polite");
    region.setAttribute("aria-atomic", "true");
    return region;
  }
  function facts(...names) {
    const values = names.map(() => make("dd"));
    const pairs = names.map((name, at) => make("div", {}, make("dt", {}, name), values[at]));
    return [make("dl", { className: "attest-facts" }, ...pairs), values];
  }
  // What stands in numbers beside it.
  function silent(element) {
    element.setAttribute("aria-hidden", "true");
    return element;
  }

  // One tensor, cell by cell: which cells share a mean and a variance?
  function axes({ shape, x, layers }, say) {
    const [samples, channels, height, width] = shape;
    let layer = layers[0];
    let cell = 0;
    const buttons = [];
    const at = (row, column) => {
      const place = Math.floor(row / height) * channels + Math.floor(column / width);
      return (place * height + (row % height)) * width + (column % width);
    };
    const [rows, columns] = [samples * height, channels * width];

    const head = make("tr", {}, make("td"));
    for (let channel = 1; channel <= channels; channel++) {
      const name = `${say("channel")} ${channel}`;
      head.append(make("th", { scope: "colgroup", colSpan: width, textContent: name }));
    }
    const body = make("tbody");
    for (let row = 0; row < rows; row++) {
      const line = make("tr");
      if (row % height === 0) {
        const name = `${say("sample")} ${row / height + 1}`;
        line.append(make("th", { scope: "rowgroup", rowSpan: height, textContent: name }));
        line.className = "attest-first";
      }
      for (let column = 0; column < columns; column++) {
        const index = at(row, column);
        const button = make("button", { type: "button", tabIndex: -1, textContent: x[index] });
        button.addEventListener("click", () => choose(index));
        button.addEventListener("focus", () => choose(index));
        button.addEventListener("pointerover", (event) => {
          if (event.pointerType === "mouse") choose(index);
        });
        button.dataset.row = row;
        button.dataset.column = column;
        buttons[index] = button;
        const first = column % width === 0 ? "attest-first" : "";
        line.append(make("td", { className: first }, button));
      }
      body.append(line);
    }
    const grid = make("table", { className: "attest-tensor" }, make("thead", {}, head), body);
    grid.setAttribute("role", "grid");
    grid.setAttribute("aria-label", say("The tensor"));
    grid.setAttribute("aria-multiselectable", "true");
    const steps = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
      Home: [0, -columns], End: [0, columns],
    };
    grid.addEventListener("keydown", (event) => {
      const { row, column } = buttons[cell].dataset;
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      const within = (place, length) => Math.max(0, Math.min(place, length - 1));
      buttons[at(within(+row + step[0], rows), within(+column + step[1], columns))].focus();
    });

    const [list, values] = facts(
      ...["mean", "variance", "output of the cell"].map(say),
      ...["cells in the set", "pairs of statistics", "parameters γ, β"].map(say)
    );
    function choose(index) {
      cell = index;
      show();
    }
    function show() {
      const set = layer.sets[cell];
      buttons.forEach((button, index) => {
        const shares = layer.sets[index] === set;
        button.tabIndex = index === cell ? 0 : -1;
        button.parentElement.setAttribute("aria-selected", shares);
        button.classList.toggle("attest-chosen", index === cell);
      });
      const { mean, variance, output, cells, statistics, parameters } = layer;
      [mean[set], variance[set], output[cell], cells, statistics, parameters].forEach(
        (value, at) => (values[at].textContent = minus(value))
      );
    }
    show();
    const options = layers.map((each) => say(each.layer));
    const layerChoice = choice(say("Layer"), options, (place) => {
      layer = layers[place];
      show();
    });
    return [layerChoice, grid, live(list)];
  }

  // Two planes: the ring through the optimum touches the region that belongs to λ.
  function lambda({ best, turn, levels, ticks, steps }, say) {
    const [low, size] = [-1.75, 4.5]; // what a plane shows of both axes
    const ellipse = ([a, b], style) =>
      draw("ellipse", {
        rx: a, ry: b, class: style, transform: `translate(${best}) rotate(${turn})`,
      });
    const across = (value) => percent((value - low) / size);
    const planes = ["l1", "l2"].map((name) => {
      const at = (step) => step[name].w.map(Number);
      const region = name === "l1" ? draw("polygon", {}) : draw("circle", {});
      region.setAttribute("class", "attest-region");
      const ring = ellipse([0, 0], "attest-ring");
      const dot = draw("circle", { r: 0.1, class: "attest-optimum" });
      const path = draw("polyline", { points: steps.map(at).join(" "), class: "attest-path" });
      const cross = `M${best[0] - 0.09} ${best[1] - 0.09}l.18 .18m0 -.18l-.18 .18`;
      const lines = `M${low} 0h${size}M0 ${low}v${size}`;
      const flip = draw(
        "g",
        { transform: "scale(1 -1)" },
        region,
        ...levels.map((level) => ellipse(level, "attest-level")),
        draw("path", { d: lines, class: "attest-axis" }),
        path,
        ring,
        draw("path", { d: cross, class: "attest-best" }),
        dot
      );
      const box = `${low} ${-low - size} ${size} ${size}`;
      const svg = draw("svg", { viewBox: box }, flip);
      const frame = silent(make("div", { className: "attest-plane" }, svg));
      function mark(text, x, y, style) {
        const word = make("span", { className: style, textContent: text });
        word.style.left = across(x);
        word.style.bottom = across(y);
        frame.append(word);
      }
      for (const tick of ticks) {
        mark(minus(tick), tick, 0, "attest-below");
        mark(minus(tick), 0, tick, "attest-before");
      }
      mark("w₁", low + size, 0, "attest-end");
      mark("w₂", 0, low + size, "attest-top");
      function show(step) {
        const [x, y] = at(step);
        dot.setAttribute("cx", x);
        dot.setAttribute("cy", y);
        ring.setAttribute("rx", step[name].ring[0]);
        ring.setAttribute("ry", step[name].ring[1]);
        const t = step[name].t;
        if (name === "l1") region.setAttribute("points", `${t},0 0,${t} -${t},0 0,-${t}`);
        else region.setAttribute("r", t);
      }
      const title = make("div", { className: "attest-name" }, name.toUpperCase());
      return [make("div", { className: "attest-half" }, title, frame), show];
    });
    const heads = ["", "w₁", "w₂", say("size t"), say("exact zeros")];
    const [numbers, cells] = table(heads, [["L1"], ["L2"]]);
    function show() {
      const step = steps[place()];
      planes.forEach(([, move]) => move(step));
      ["l1", "l2"].forEach((name, row) => {
        const { w, t, zeros } = step[name];
        [...w, t, zeros].forEach((value, column) => {
          cells[row][column].textContent = minus(value);
          cells[row][column].classList.toggle("attest-zero", column < 2 && value === "0");
        });
      });
    }
    const values = steps.map((step) => step.lambda);
    const [control, place] = slider(say("strength λ"), values, 10, show);
    show();
    const both = make("div", { className: "attest-halves" }, ...planes.map(([half]) => half));
    return [control, both, live(numbers)];
  }

  // Eight units: what each gives in one pass, and on average so far.
  function dropout({ x, counts, rates }, say) {
    const top = Math.max(...rates.flatMap(({ kept }) => kept.map(Number)));
    const columns = x.map((value) => {
      const [frame, bar, mean] = ["frame", "bar", "mean"].map((name) =>
        make("span", { className: `attest-${name}` })
      );
      frame.style.height = percent(value / top);
      return { cell: make("td", {}, frame, bar, mean), bar, mean };
    });
    const bars = silent(make("tr", { className: "attest-bars" }, make("td")));
    bars.append(...columns.map(({ cell }) => cell));
    const heads = ["", ...x.map((_, unit) => unit + 1)];
    heads[0] = say("unit");
    const rows = [["input x", "frame"], ["mask"], ["output", "bar"], ["mean", "mean"]];
    const [numbers, cells] = table(heads, rows.map(([name, sign]) => [say(name), sign]));
    numbers.tHead.prepend(bars);
    numbers.classList.add("attest-units");
    x.forEach((value, unit) => (cells[0][unit].textContent = value));
    const names = ["factor of what is kept", "farthest mean from x"].map(say);
    const [list, [factor, distance]] = facts(...names);
    function show() {
      const rate = rates[chance()];
      const stop = many();
      columns.forEach(({ bar, mean }, unit) => {
        const kept = rate.masks[stop][unit];
        const out = kept ? rate.kept[unit] : "0";
        bar.style.height = percent(out / top);
        mean.style.bottom = percent(rate.means[stop][unit] / top);
        bar.classList.toggle("attest-dropped", !kept);
        cells[1][unit].textContent = kept;
        cells[2][unit].textContent = out;
        cells[3][unit].textContent = rate.means[stop][unit];
      });
      factor.textContent = rate.factor;
      distance.textContent = rate.distance[stop];
    }
    const half = rates.findIndex(({ p }) => p === "0.5");
    const chances = rates.map(({ p }) => p);
    const [first, chance] = slider(say("probability p of a drop"), chances, half, () => show());
    const [second, many] = slider(say("samples"), counts, 0, () => show());
    show();
    const controls = make("div", { className: "attest-pair" }, first, second);
    return [controls, numbers, live(list)];
  }

  // Two number lines: what BatchNorm takes for mean and variance scatters, GroupNorm's stays.
  function batch({ truth, ticks, draws, sizes }, say) {
    const lines = ["mean", "variance"].map((name, which) => {
      const seen = sizes.flatMap(({ bn, band }) => [...bn[which], ...band[which]]).map(Number);
      const low = which ? 0 : Math.min(...seen);
      const span = (Math.max(...seen) - low) * 1.04;
      const across = (value) => percent(Math.max(0, (value - low) / span));
      const band = make("span", { className: "attest-band" });
      const dots = sizes[0].bn[which].map(() => make("span", { className: "attest-dot" }));
      const square = make("span", { className: "attest-square" });
      const line = make("span", { className: "attest-truth" });
      line.style.left = across(truth[which]);
      const track = silent(make("div", { className: "attest-track" }));
      track.append(band, line, ...dots, square);
      for (const tick of ticks[which]) {
        const word = make("span", { className: "attest-tick", textContent: minus(tick) });
        word.style.left = across(tick);
        track.append(word);
      }
      function show(size, chosen) {
        const [from, to] = size.band[which];
        band.style.left = across(from);
        band.style.right = percent(1 - parseFloat(across(to)) / 100);
        dots.forEach((dot, draw) => {
          dot.style.left = across(size.bn[which][draw]);
          dot.classList.toggle("attest-chosen", draw === chosen);
        });
        square.style.left = across(size.gn[which]);
      }
      const title = make("div", { className: "attest-name" }, say(name));
      return [make("div", { className: "attest-line" }, title, track), show];
    });
    const scatter = say("std of {}").replace("{}", draws);
    const heads = ["", say("mean"), scatter, say("variance"), scatter];
    const rows = [
      ["BatchNorm, one channel", "dot"],
      ["GroupNorm, one sample", "square"],
      ["true value", "truth"],
    ];
    const [numbers, cells] = table(heads, rows.map(([name, sign]) => [say(name), sign]));
    function show() {
      const size = sizes[many()];
      lines.forEach(([, move]) => move(size, which()));
      [0, 1].forEach((k) => {
        cells[0][2 * k].textContent = minus(size.bn[k][which()]);
        cells[0][2 * k + 1].textContent = size.scatter[0][k];
        cells[1][2 * k].textContent = minus(size.gn[k]);
        cells[1][2 * k + 1].textContent = size.scatter[1][k];
        cells[2][2 * k].textContent = truth[k];
      });
    }
    const names = sizes.map(({ size }) => size);
    const batches = sizes[0].bn[0].map((_, place) => place + 1);
    const [first, many] = slider(say("batch size N"), names, names.length - 1, () => show());
    const [second, which] = slider(say("batch"), batches, 0, () => show());
    show();
    const controls = make("div", { className: "attest-pair" }, first, second);
    return [controls, ...lines.map(([line]) => line), live(numbers)];
  }

  const figures = { axes, lambda, dropout, batch };
  window.attestPlay = (panel) => {
    const { task, words, data } = JSON.parse(panel.firstElementChild.content.textContent);
    const say = (word) => words[word] ?? word;
    const parts = figures[panel.localName.replace("attest-", "")](data, say);
    const figure = panel.parentElement;
    const still = make("button", { type: "button", className: "attest-swap" }, say("Static figure"));
    still.setAttribute("aria-expanded", "false");
    still.addEventListener("click", () => {
      still.setAttribute("aria-expanded", figure.classList.toggle("attest-both"));
    });
    panel.append(make("p", { className: "attest-task" }, say(task)), ...parts, still);
  };
})();
