// The three views. Each computes what its runs do, draws it, and tells it in words and numbers.

/** A box with two drawings: parts that stand still for a while, which the browser then need not paint, and above them lines that move. */
class Panel {
  /** `margin` is what the axes take, and `room` what is left free beyond them for the marks at the ends of lines. */
  constructor(stage, name, label, { margin = { left: 60, top: 20, right: 12, bottom: 38 }, room = 6 } = {}) {
    Object.assign(this, { margin, room });
    this.lines = new Lines();
    this.still = svg("svg", { class: "ol-drawing", role: "img", "aria-label": label });
    this.moving = svg("svg", { class: "ol-drawing ol-moving", "aria-hidden": "true" }, this.lines.svg);
    this.box = make("div", { className: `ol-panel ol-${name}` }, this.still, this.moving);
    this.parts = {};
    stage.append(this.box);
    this.measure();
  }

  /** Take the size from the page. Not at every drawing: after a change of the page's text that would lay it out anew. */
  measure() {
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // what is drawn grows with the reader's text
    this.width = this.box.clientWidth / this.unit;
    this.height = this.box.clientHeight / this.unit;
    const { width, height, margin, room } = this, { left, top } = margin, right = width - margin.right, bottom = height - margin.bottom;
    /** The box within the axes, in pixels, or null while the panel is not laid out or has no room. */
    this.within = right > left && bottom > top ? { left, top, right, bottom } : null;
    if (!this.within) return;
    for (const drawing of [this.still, this.moving]) put(drawing, { viewBox: `0 0 ${tenths(width)} ${tenths(height)}` });
    put(this.lines.svg, cut({ left: left - room, top: top - room, right: right + room, bottom: bottom + room }));
  }

  /** Where in the panel something happens, in pixels. */
  pixel({ clientX, clientY }) {
    const { left, top } = this.box.getBoundingClientRect();
    return [clientX - left, clientY - top].map((length) => length / this.unit);
  }

  /** Draw a part of what stands still, unless it is there as it was drawn for the same key. */
  once(name, key, build) {
    const part = (this.parts[name] ??= { group: this.still.appendChild(svg("g", { class: `ol-${name}` })) }), full = [key, this.width, this.height].join();
    if (full === part.key) return;
    part.key = full;
    part.group.replaceChildren(...build());
  }
}

/** Lines against a common axis, as in the loss, the signals and the curves; `thin` are for reference. */
function drawSeries(lab, panel, { series, x, xLabel, yLabel, logY, thin = [], cursor, cap }) {
  const box = panel.within;
  if (!box) return;
  let [low, high] = extent([...series, ...thin].map((s) => s.ys), logY, cap);
  if (high > cap) high = cap;
  if (logY && high / low > 1e20) low = high / 1e20;
  const y = scale(low, high, box.bottom, box.top, logY), xs = scale(...x.extent, box.left, box.right, x.log);
  panel.once("x", [...x.extent, x.log], () => axisX(box, xs, xLabel));
  panel.once("y", [low, high, logY], () => axisY(box, y, yLabel));
  if (thin.length) {
    panel.once("references", [low, high, ...x.extent, JSON.stringify(lab.values)], () => {
      return [svg("svg", cut(box), ...thin.flatMap((line) => referenceOf(box, line.label, xs.all(line.xs), y.all(line.ys))))];
    });
  }
  panel.lines.begin();
  for (const line of series) {
    panel.lines.draw(line.r, line.style, { xs: xs.all(line.xs, line.ys.length), ys: y.all(line.ys), at: cursor, size: 4 });
  }
  panel.lines.end();
}

/** The numbers of n steps. */
function counted(n, first) {
  const steps = new Float64Array(n);
  for (let i = 0; i < n; i++) steps[i] = first + i;
  return steps;
}

function referenceOf(box, label, xs, ys) {
  const end = ys.at(-1);
  return [curve("reference", xs, ys), words(label, box.right - 4, end < box.top + 16 ? end + 13 : end - 6, "end")];
}

class DescentView {
  constructor(lab, name = "Loss against step", layout = {}) {
    this.lab = lab;
    this.landscape = LANDSCAPES[lab.spec.landscape];
    this.plane = this.landscape.domain.length === 2;
    this.map = new Panel(lab.stage, "map", "Paths", { margin: { left: 34, top: 8, right: 12, bottom: this.plane ? 24 : 38 }, room: 0 });
    this.chart = new Panel(lab.stage, "chart", name, layout);
    this.panels = [this.map, this.chart];
    this.handle = startHandle(this);
    this.map.box.append(this.handle);
  }

  get length() {
    return this.lab.values.steps;
  }

  compute() {
    const { lab } = this;
    this.results = lab.runs.map((run) => {
      if (!run.frozen) return descend(run, this.landscape, lab.values);
      const { w = [], left = -1 } = lab.computed[run.label] ?? {}, d = lab.values.start.length, n = w.length / d;
      return { w, d, n, left, loss: losses(this.landscape, lab.values, w, d, n) };
    });
  }

  draw() {
    const { lab, landscape, results } = this, { step } = lab, [xs, ys] = landscape.domain;
    const box = this.map.within;
    if (!box) return;
    const x = scale(...xs, box.left, box.right);
    const ws = this.plane ? null : d3.range(161).map((k) => xs[0] + ((xs[1] - xs[0]) * k) / 160);
    const heights = ws?.map((w) => landscape.f(lab.values, w));
    const y = this.plane ? scale(...ys, box.bottom, box.top) : scale(...extent([heights]), box.bottom, box.top);
    Object.assign(this, { x, y });
    const parameters = Object.keys(landscape.parameters).map((name) => lab.values[name]);
    const coarse = lab.held in landscape.parameters; // contours that move under the reader's hand; fine ones follow when it rests
    this.map.once("ground", [...parameters, coarse], () =>
      this.plane ? contoursOf(landscape, lab.values, box, coarse) : [curve("curve", x.all(ws), y.all(heights))]);
    this.map.once("axes", this.plane ? [] : parameters, () => [
      ...axisX(box, x, this.plane ? "" : "w", !this.plane),
      ...axisY(box, y, "", !this.plane),
      ...landscape.minima.map((m) => starAt(x(m[0]), y(this.plane ? m[1] : landscape.f(lab.values, m[0])))),
    ]);
    const { lines } = this.map;
    lines.begin();
    results.forEach(({ w, d, n, loss }, r) => {
      if (lab.muted.has(r)) return;
      const count = Math.min(n, step + 1), height = this.plane ? y.all(w, count, 1, 2) : y.all(loss, count);
      lines.draw(r, lab.runs[r], { xs: x.all(w, count, 0, d), ys: height, at: count - 1, dotted: count <= 60 });
      if (lab.spec.vectors && this.plane) this.drawVectors(r, count - 1);
    });
    lines.end();
    const [a, b] = lab.values.start;
    this.handle.moveTo(x(a), y(this.plane ? b : landscape.f(lab.values, a)));
    this.drawLoss();
  }

  drawLoss() {
    const { lab, results } = this, steps = counted(this.length + 1, 0);
    const series = results
      .map((result, r) => ({ r, style: lab.runs[r], xs: steps, ys: result.loss }))
      .filter(({ r }) => !lab.muted.has(r));
    const log = series.every((line) => line.ys.every((v) => !(v <= 0)));
    const first = series[0]?.ys[0] ?? 1;
    drawSeries(lab, this.chart, {
      series, logY: log, cursor: lab.step, cap: Math.abs(first) * 1e4 + 10,
      x: { extent: [0, this.length] }, xLabel: "step i", yLabel: "loss J(w)",
    });
  }

  /** The momentum αv, the step −ηg of the gradient, and the point at which the gradient is taken. */
  drawVectors(r, i) {
    const run = this.lab.runs[r], rule = ruleOf(run), h = hyperOf(run, this.lab.values), { w } = this.results[r];
    if (!rule) return;
    const { states } = descend(run, this.landscape, { ...this.lab.values, steps: i });
    const increment = (k, g) => rule.stepper(h)([...states[k]], g), ahead = rule.lookahead?.(h);
    const here = [w[2 * i], w[2 * i + 1]], at = here.map((c, k) => (ahead ? ahead(states[k], c) : c));
    const g = this.landscape.grad(this.lab.values, ...at), tip = here.map((c, k) => c + increment(k, 0)); // where it goes without a gradient
    const { x, y } = this, { lines } = this.map, arrow = (a, b) => arrowOf(x(a[0]), y(a[1]), x(b[0]), y(b[1]));
    const step = (from) => from.map((c, k) => c + increment(k, g[k]) - increment(k, 0));
    lines.add(r, "arrow-momentum", arrow(here, tip));
    lines.add(r, "arrow-descent", arrow(at, step(at)));
    lines.add(r, "arrow-then", rule.lookahead ? "" : arrow(tip, step(tip)));
    const ring = markOf("o", x(at[0]), y(at[1]), 4.5);
    lines.add(r, "arrow-at", ring && `M${ring}Z`);
  }

  /** A point, brought to the edge of the picture where it is beyond. */
  inside(point) {
    return point.map((c, k) => Math.min(this.landscape.domain[k][1], Math.max(this.landscape.domain[k][0], c)));
  }

  sentence(r) {
    const { w, d, n, left, loss } = this.results[r], { label } = this.lab.runs[r], { step } = this.lab;
    if (left > 0 && step >= left) return `${label} left the range of numbers at step ${left}.`;
    const i = Math.min(n - 1, step), at = Array.from({ length: d }, (_, k) => short(w[d * i + k], 4)).join(", "), point = d > 1 ? `(${at})` : at;
    const out = this.landscape.domain.some(([a, b], k) => w[d * i + k] < a || w[d * i + k] > b);
    const height = Number.isFinite(loss[i]) ? short(loss[i]) : "beyond the range of numbers";
    return `${label}: w = ${point}, loss ${height}${out ? ", outside the picture" : ""}.`;
  }

  table() {
    const names = this.plane ? ["x", "y"] : ["w"];
    return {
      head: ["rule", ...names, "loss"],
      rows: this.results.map(({ w, d, n, left, loss }, r) => {
        const i = this.lab.step;
        const cells = i < n ? [...names.map((_, k) => w[d * i + k]), loss[i]] : [`left at step ${left}`, ...names.map(() => "")];
        return [this.lab.runs[r].label, ...cells];
      }),
    };
  }
}

/** A map of the last loss over two hyperparameters, in the place of the chart; the descent is that at the point on it. */
class MapView extends DescentView {
  columns = 72;
  rows = 48;

  constructor(lab) {
    super(lab, "Last loss", { margin: { left: 60, top: 20, right: 12, bottom: 88 } }); // room for the scale of colours
    this.lines = lab.spec.boundaries.map((line) => ({ ...line, f: written(line.code) }));
    this.point = pointHandle(this);
    this.chart.box.append(this.point);
    lab.stage.prepend(this.chart.box);
    if (this.lines.length) lab.stage.after(make("p", { className: "ol-note", textContent: `Dashed on the map, ${this.lines.map(({ label }) => label).join("; ")}.` }));
  }

  get cells() {
    return this.columns * this.rows;
  }

  /** What the map depends on: every setting but the two along its axes. */
  get key() {
    const rest = { ...this.lab.values };
    for (const { name } of this.lab.spec.axes) delete rest[name];
    return JSON.stringify(rest);
  }

  compute() {
    super.compute();
    if (!this.losses) this.settle();
  }

  /** The map takes a while; it follows when the hand rests. */
  settle() {
    if (this.key === this.mapped || this.lab.runs[0].frozen) return;
    const { columns, rows } = this, { values, runs, spec } = this.lab, [x, y] = spec.axes;
    this.mapped = this.key;
    this.losses = new Float64Array(columns * rows);
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        const at = { ...values, [x.name]: along(x, (i + 0.5) / columns), [y.name]: along(y, (j + 0.5) / rows) };
        const { left, loss } = descend(runs[0], this.landscape, at);
        this.losses[j * columns + i] = left > 0 ? NaN : loss.at(-1);
      }
    }
  }

  drawLoss() {
    const { lab } = this, [ax, ay] = lab.spec.axes, box = this.chart.within;
    if (!box || !this.losses) return;
    const x = (v) => box.left + share(ax, v) * (box.right - box.left), y = (v) => box.bottom - share(ay, v) * (box.bottom - box.top);
    this.chart.once("heat", this.mapped, () => [
      ...this.heat(box, x, y),
      svg("svg", cut(box), ...this.lines.flatMap((line) => this.boundary(line, x, y))),
    ]);
    const { values } = lab, inside = (v, low, high) => Math.min(high, Math.max(low, v));
    this.point.moveTo(inside(x(values[ax.name]), box.left, box.right), inside(y(values[ay.name]), box.top, box.bottom));
    this.point.setAttribute("aria-label", `Point of the map (${ax.symbol} ${short(values[ax.name])}, ${ay.symbol} ${short(values[ay.name])}). Arrow keys move it.`);
  }

  boundary({ f }, x, y) {
    const [, ay] = this.lab.spec.axes, at = d3.range(61).map((i) => along(ay, i / 60));
    const xs = at.map((v) => x(f({ ...this.lab.values, [ay.name]: v }))).map((v) => Math.min(1e4, Math.max(-1e4, v)));
    const line = (name) => curve(name, xs, at.map(y));
    return [line("boundary-edge"), line("boundary")];
  }

  heat(box, x, y) {
    const { columns, rows, losses, lab } = this, [ax, ay] = lab.spec.axes;
    const logs = [...losses].map((v) => Math.log10(Math.min(1e6, Math.max(1e-12, v)))), known = logs.filter(Number.isFinite);
    const low = d3.min(known) ?? 0, high = d3.max(known) ?? 1, shares = logs.map((v) => (v - low) / (high - low || 1));
    const strip = { left: 20, right: box.right, top: box.bottom + 42, bottom: box.bottom + 52 }, left = { left: 20, right: 30, top: strip.bottom + 21, bottom: strip.bottom + 31 };
    const scaled = (map, { low, high, scale: kind }) => Object.assign(map, { low, high, log: kind === "log", complement: kind === "complement" });
    return [
      svg("rect", { class: "ol-left", ...area(box) }),
      pixels(box, columns, rows, (i, j) => shares[(rows - 1 - j) * columns + i]),
      ...axisX(box, scaled(x, ax), ax.symbol, false),
      ...axisY(box, scaled(y, ay), ay.symbol, false),
      pixels(strip, 128, 1, (i) => i / 127),
      ...axisX(strip, scale(10 ** low, 10 ** high, strip.left, strip.right, true), "last loss", false),
      ...(known.length < logs.length ? [svg("rect", { class: "ol-left", ...area(left) }), words("left", left.right + 5, left.bottom, "start")] : []),
    ];
  }
}

class SignalView {
  constructor(lab) {
    this.lab = lab;
    this.signal = SIGNALS[lab.spec.signal];
    this.drawn = lab.spec.panels.map((panel) => ({
      ...panel,
      f: panel.code === undefined ? undefined : written(panel.code),
      panel: new Panel(lab.stage, "chart", `${panel.label} against step`),
    }));
    this.panels = this.drawn.map(({ panel }) => panel);
    this.references = lab.spec.references.map((line) => ({ ...line, f: written(line.code) }));
  }

  get length() {
    return this.lab.values.steps;
  }

  compute() {
    const { lab } = this;
    this.g = gradients(this.signal, lab.values);
    this.results = lab.runs.map((run) => (run.frozen ? lab.computed[run.label] ?? { dw: [] } : respond(run, this.g, lab.values)));
    this.hypers = lab.runs.map((run) => hyperOf(run, lab.values));
    for (const panel of this.drawn) panel.values = lab.runs.map((_, r) => this.values(panel, r));
    const steps = counted(this.length, 1), at = { ...lab.values, i: 0 };
    for (const line of this.references) {
      line.ys = steps.map((i) => {
        at.i = i;
        return line.f(at);
      });
    }
  }

  /** The values that a panel shows of a run, or null where the run has none. */
  values(panel, r) {
    const record = this.results[r], { g } = this;
    if (panel.record === "g") return r === 0 ? g : null;
    if (panel.record === "rate") return record.dw.map((dw, i) => (g[i] === 0 ? NaN : Math.abs(dw / g[i])));
    if (panel.record) return record[panel.record] ?? null;
    const known = { ...this.hypers[r], ...Object.fromEntries(Object.keys(record).map((k) => [k, 0])), g: 0, i: 0 };
    if (!panel.names.every((name) => name in known)) return null;
    const at = { ...known }, recorded = panel.names.filter((name) => name in record);
    return record.dw.map((_, i) => {
      at.g = g[i];
      at.i = i + 1;
      for (const name of recorded) at[name] = record[name][i];
      return panel.f(at);
    });
  }

  draw() {
    const { lab } = this, steps = counted(this.length, 1);
    for (const panel of this.drawn) {
      const series = lab.runs
        .map((run, r) => {
          const common = panel.record === "g"; // to all runs, and so shown whichever of them are
          return { r, style: common ? { color: "var(--ol-soft)", dark: "var(--ol-soft)" } : run, xs: steps, ys: lab.muted.has(r) && !common ? null : panel.values[r] };
        })
        .filter((line) => line.ys);
      const thin = panel.references
        ? this.references.map(({ label, ys }) => ({ label, xs: steps, ys }))
        : [];
      drawSeries(lab, panel.panel, { series, thin, cursor: lab.step - 1, x: { extent: [1, Math.max(2, this.length)] }, xLabel: "step i", yLabel: panel.label });
    }
  }

  sentence(r) {
    const { label } = this.lab.runs[r], { dw } = this.results[r], { step } = this.lab;
    if (step > dw.length) return `${label} left the range of numbers at step ${dw.length + 1}.`;
    return step < 1 ? `${label}: before the first step.` : `${label}: Δw = ${short(dw[step - 1], 4)}.`;
  }

  table() {
    const i = this.lab.step - 1, names = [...new Set(this.results.flatMap((record) => Object.keys(record)))].filter((name) => name !== "g");
    return {
      head: ["rule", "g", ...names.map((name) => (name === "dw" ? "Δw" : name))],
      rows: this.results.map((record, r) => [this.lab.runs[r].label, i < 0 ? "" : this.g[i], ...names.map((name) => record[name]?.[i] ?? "")]),
    };
  }
}

class CurveView {
  constructor(lab) {
    this.lab = lab;
    this.panel = new Panel(lab.stage, "wide", lab.spec.title);
    this.panels = [this.panel];
    this.curves = lab.spec.curves.map((line) => ({ ...line, f: line.code === undefined ? undefined : written(line.code) }));
    const [low, high] = lab.spec.domain, log = lab.spec.log.includes("x");
    this.xs = d3.range(241).map((k) => (log ? low * (high / low) ** (k / 240) : low + ((high - low) * k) / 240));
  }

  get length() {
    return 240;
  }

  compute() {
    const { values, spec } = this.lab;
    this.results = this.curves.map(({ f, points }) =>
      points ? { xs: points.map((p) => p[0]), ys: points.map((p) => p[1]) } : { xs: this.xs, ys: this.xs.map((x) => f({ ...values, [spec.x]: x })) });
  }

  draw() {
    const { lab } = this, { x, log, domain } = lab.spec;
    const series = this.results
      .map(({ xs, ys }, r) => ({ r, style: lab.runs[r], xs, ys }))
      .filter(({ r }) => !lab.muted.has(r));
    drawSeries(lab, this.panel, { series, logY: log.includes("y"), x: { extent: domain, log: log.includes("x") }, xLabel: x, yLabel: "", cursor: lab.step });
  }

  /** The value of a curve at the cursor; of recorded points the one nearest to it. */
  at(r) {
    const { xs, ys } = this.results[r], k = this.curves[r].points ? d3.leastIndex(xs, (x) => Math.abs(x - this.xs[this.lab.step])) : this.lab.step;
    return ys[k];
  }

  sentence(r) {
    const value = this.at(r);
    return `${this.lab.runs[r].label}: ${Number.isFinite(value) ? short(value, 4) : "no value"} at ${this.lab.spec.x} = ${short(this.xs[this.lab.step], 4)}.`;
  }

  table() {
    return {
      head: ["curve", this.lab.spec.x, "value"],
      rows: this.results.map((_, r) => [this.lab.runs[r].label, this.xs[this.lab.step], this.at(r)]),
    };
  }
}

const VIEWS = { descent: DescentView, map: MapView, signal: SignalView, curve: CurveView };

/** The value at a share of a map's axis, and back. */
function along({ low, high, scale: kind }, part) {
  if (kind === "log") return low * (high / low) ** part;
  if (kind === "complement") return 1 - (1 - low) * ((1 - high) / (1 - low)) ** part;
  return low + (high - low) * part;
}

function share({ low, high, scale: kind }, value) {
  if (kind === "log") return Math.log(value / low) / Math.log(high / low);
  if (kind === "complement") return Math.log((1 - value) / (1 - low)) / Math.log((1 - high) / (1 - low));
  return (value - low) / (high - low);
}

/** From dark blue to yellow, in [red, green, blue], by rising lightness, for every kind of sight: some stations of matplotlib's cividis. */
function cividis(t) {
  const stations = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]];
  const at = Math.min(0.9999, Math.max(0, t)) * (stations.length - 1), k = Math.floor(at), f = at - k;
  return stations[k].map((c, j) => Math.round(c + (stations[k + 1][j] - c) * f));
}

/** A picture of a few pixels, as large as a box; the colour of each is that of a share from 0 to 1, and clear where there is none. */
function pixels(box, columns, rows, share) {
  const data = new ImageData(columns, rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const part = share(i, j);
      if (Number.isFinite(part)) data.data.set([...cividis(part), 255], 4 * (j * columns + i));
    }
  }
  const canvas = make("canvas", { width: columns, height: rows });
  canvas.getContext("2d").putImageData(data, 0, 0);
  return svg("image", { class: "ol-pixels", ...area(box), href: canvas.toDataURL(), preserveAspectRatio: "none" });
}

/** A button that is dragged, or moved with the arrow keys: `place` takes a place in the panel's pixels, `nudge` steps in x and y. */
function dragHandle(kind, lab, panel, place, nudge) {
  const handle = lab.undoScroll(make("button", { type: "button", className: kind }));
  handle.moveTo = (x, y) => put(handle, { style: `transform: translate(${x / 16}rem, ${y / 16}rem)` });
  const drag = (event) => place(...panel.pixel(event));
  handle.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", drag);
  });
  handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", drag));
  handle.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    nudge(way.map((w) => w * (event.shiftKey ? 0.1 : 0.02)));
  });
  return handle;
}

/** The point on a map; a click anywhere on the map brings it there. */
function pointHandle(view) {
  const { lab } = view, [x, y] = lab.spec.axes, inside = (part) => Math.min(1, Math.max(0, part));
  const move = (a, b) => lab.set({ [x.name]: round(x, along(x, inside(a))), [y.name]: round(y, along(y, inside(b))) }, true);
  const round = (axis, v) => Math.min(axis.high, Math.max(axis.low, axis.scale === "complement" ? 1 - Number((1 - v).toPrecision(3)) : Number(v.toPrecision(3))));
  const place = (px, py) => {
    const box = view.chart.within;
    move((px - box.left) / (box.right - box.left), (box.bottom - py) / (box.bottom - box.top));
  };
  view.chart.still.addEventListener("click", (event) => place(...view.chart.pixel(event))); // not as soon as a finger that scrolls touches it
  return dragHandle("ol-start ol-point", lab, view.chart, place, ([dx, dy]) => move(share(x, lab.values[x.name]) + dx, share(y, lab.values[y.name]) + dy));
}

/** The start point: dragged with mouse, finger or pen, moved with the arrow keys. */
function startHandle(view) {
  const { lab, landscape } = view;
  const move = (start) => {
    lab.set({ start: view.inside(start).map((c) => Number(c.toPrecision(4))) }, true);
  };
  const place = (px, py) => move([view.x.invert(px), view.y.invert(py)].slice(0, landscape.domain.length));
  const nudge = (way) => move(lab.values.start.map((c, k) => c + way[k] * (landscape.domain[k][1] - landscape.domain[k][0])));
  return dragHandle(view.plane ? "ol-start" : "ol-start ol-sideways", lab, view.map, place, nudge);
}
