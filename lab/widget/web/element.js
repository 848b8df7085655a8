// The element <optimizer-lab>, and the face that it shows in a live notebook.

const MOST_STEPS = 2e7; // about a second's work

let labs = 0;

/** From a slider's position to the value, and back. */
const SCALES = {
  linear: { to: (x) => x, from: (x) => x },
  log: { to: (x) => 10 ** x, from: Math.log10 },
  complement: { to: (x) => 1 - 10 ** -x, from: (x) => -Math.log10(1 - x) },
};

class OptimizerLab extends HTMLElement {
  connectedCallback() {
    if (this.stage) return;
    try {
      this.begin();
    } catch (error) {
      this.fail(error);
    }
  }

  begin() {
    this.number = ++labs; // first, so that a lab that cannot be built leaves the others' addresses as they are
    this.name = `lab-${this.number}`;
    this.id ||= this.name;
    this.spec ??= JSON.parse(this.dataset.spec);
    this.computed = this.spec.computed ?? {};
    this.values = structuredClone(this.spec.settings);
    this.runs = this.spec.runs ?? this.spec.curves;
    this.muted = new Set();
    this.build();
    this.view = new VIEWS[this.spec.view](this);
    this.step = this.view.length;
    this.restore();
    this.recompute();
    this.dispatchEvent(new CustomEvent("lab-drawn", { bubbles: true, composed: true }));
    this.say();
    this.tabulate();
    new ResizeObserver(() => this.measure()).observe(this.stage);
  }

  /** A lab that cannot be built shows its picture, if it has one, and says why. */
  fail(error) {
    console.error(error);
    this.querySelector(".ol-figure")?.remove();
    this.classList.remove("ol-on");
    const instead = this.querySelector("img") ? " The picture shows it at its first settings." : ""; // a live notebook has none
    const message = make("p", { className: "ol-message", textContent: `This experiment cannot run here (${error.message}).${instead}` });
    message.setAttribute("role", "alert");
    this.append(message);
  }

  // Building

  build() {
    this.stage = make("div", { className: `ol-stage ol-stage-${this.spec.view}` });
    this.legend = make("div", { className: "ol-legend" });
    this.legend.setAttribute("role", "group");
    this.legend.setAttribute("aria-label", "What is shown");
    this.inputs = {};
    const controls = make("div", { className: "ol-controls" }, ...this.spec.controls.map((control) => this.control(control)));
    this.message = make("p", { className: "ol-message" });
    this.message.setAttribute("role", "alert");
    this.status = make("p", { className: "ol-status" });
    this.status.setAttribute("role", "status");
    this.details = make("details", { className: "ol-numbers" }, make("summary", { textContent: "Numbers at this step" }));
    this.details.addEventListener("toggle", () => this.tabulate());
    const reset = make("button", { type: "button", className: "ol-button", textContent: "Reset" });
    reset.addEventListener("click", () => this.reset());
    const link = make("button", { type: "button", className: "ol-button", textContent: "Copy link" });
    link.addEventListener("click", () => this.copyLink(link));
    const notes = this.runs.filter((run) => run.frozen).map(({ label, frozen }) =>
      make("p", { className: "ol-note", textContent: `${label} cannot run in the browser. Its path is computed by the kernel; on a static page it stays as it is. The reason: ${frozen}.` }));
    this.prepend( // before the picture, which is hidden now; on a page that is still arriving it comes only later
      make("figure", { className: "ol-figure" },
        make("figcaption", { className: "ol-caption", textContent: this.spec.caption }),
        this.stage, this.spec.vectors ? this.key() : "", this.legend, this.player(), controls, this.message, this.status, ...notes,
        make("div", { className: "ol-foot" }, this.details, make("div", { className: "ol-actions" }, reset, ...(this.model ? [] : [link])))));
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", `Experiment ${this.number}: ${this.spec.title}`);
    this.classList.add("ol-on");
    this.chips();
  }

  /** What the arrows mean. */
  key() {
    const entry = (kind, text) => make("span", { className: `ol-arrow-${kind}` }, text);
    return make("p", { className: "ol-key" }, entry("momentum", "→ αv"), entry("descent", "→ −ηg"), entry("descent", "○ where g is taken"));
  }

  chips() {
    if (this.runs.length < 2) {
      this.legend.hidden = true;
      return;
    }
    this.runs.forEach((run, r) => {
      const line = svg("path", { d: "M0 40H260", "stroke-dasharray": (run.dash ?? []).map(tenths).join(" ") });
      const swatch = svg("svg", { viewBox: "0 0 260 80", "aria-hidden": "true" }, line, svg("polygon", { points: markOf(run.marker, 13, 4, 4.5) }));
      const chip = make("button", { type: "button", className: "ol-chip" }, swatch, run.label);
      chip.style.setProperty("--light", run.color);
      chip.style.setProperty("--dark", run.dark);
      chip.setAttribute("aria-pressed", "true");
      chip.addEventListener("click", () => {
        if (this.muted.has(r)) this.muted.delete(r);
        else this.muted.add(r);
        this.pressChips();
        this.redraw();
        this.say();
        this.remember();
      });
      this.legend.append(chip);
    });
  }

  pressChips() {
    [...this.legend.children].forEach((chip, r) => chip.setAttribute("aria-pressed", String(!this.muted.has(r))));
  }

  control(control) {
    const { name, symbol, title, low, high, scale: kind, integer } = control, { to, from } = SCALES[kind];
    const id = `${this.name}-${name}`, text = title ? `${symbol}, ${title}` : symbol;
    const label = make("label", { htmlFor: id, className: "ol-label", title }, make("span", { className: "ol-symbol", textContent: symbol }));
    if (title) label.append(make("span", { className: "ol-title", textContent: title }));
    const slider = this.undoScroll(make("input", { type: "range", id, min: from(low), max: from(high), step: integer && kind === "linear" ? 1 : "any", className: "ol-slider" }));
    const field = make("input", { type: "text", inputMode: "decimal", className: "ol-field", autocomplete: "off" });
    field.setAttribute("aria-label", `${text}, value`);
    slider.addEventListener("input", () => {
      let value = Math.min(high, Math.max(low, to(Number(slider.value))));
      value = integer ? Math.round(value) : kind === "complement" ? 1 - Number((1 - value).toPrecision(2)) : Number(value.toPrecision(kind === "log" ? 2 : 3));
      value = Number(value.toPrecision(12));
      this.hold(name);
      if (value === this.values[name]) this.later(); // as most moves among a few whole numbers
      else this.set({ [name]: value }, true);
    });
    slider.addEventListener("change", () => this.write());
    slider.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10 }[event.key];
      if (!way || (integer && kind === "linear")) return;
      event.preventDefault(); // a hundredth of the range a key press, and at least 1 where only whole numbers go
      let value = to(Math.min(from(high), Math.max(from(low), from(this.values[name]) + (way * (from(high) - from(low))) / 100)));
      if (integer) value = way > 0 ? Math.max(Math.round(value), this.values[name] + 1) : Math.min(Math.round(value), this.values[name] - 1);
      const digits = kind === "complement" ? value : Number(value.toPrecision(4));
      this.set({ [name]: Math.min(high, Math.max(low, digits)) }, true);
    });
    field.addEventListener("change", () => {
      const value = Number(field.value.replaceAll("−", "-").replace(",", "."));
      const problem = field.value.trim() === "" || !Number.isFinite(value) ? "is not a number" : integer && !Number.isInteger(value) ? "must be a whole number" : this.outside(name, value, low, high);
      field.setAttribute("aria-invalid", String(Boolean(problem)));
      this.message.textContent = problem ? `${symbol} = ${field.value} ${problem}.` : "";
      if (!problem) this.set({ [name]: value }, true);
    });
    field.addEventListener("input", () => (this.message.textContent = ""));
    field.addEventListener("blur", () => {
      if (field.getAttribute("aria-invalid") !== "true") return;
      field.removeAttribute("aria-invalid");
      field.value = this.inputs[name].text;
    });
    this.inputs[name] = { slider, field, from, symbol };
    return make("div", { className: "ol-row" }, label, slider, field);
  }

  /** What is wrong with a typed value, or null: it may go beyond the slider, but not beyond sense, nor hold up the page. */
  outside(name, value, low, high) {
    const { steps = 1, noise, m = 1 } = { ...this.values, [name]: value }; // by default a curve's, which takes no steps
    const work = steps * (noise ? m : 1) * this.runs.length * (this.view.cells ?? 1);
    const limits = { lr: [0, 1e6], alpha: [0, 0.999999], beta: [0, 0.9999999], eps: [1e-300, 1e6], kappa: [1, 1e9], steps: [1, 20000], m: [1, 4096], noise: [0, 1e6] };
    const [least, most] = limits[name] ?? [low, high];
    if (!(value >= least && value <= most)) return `must be from ${least} to ${most}`;
    return work > MOST_STEPS ? `would take ${short(work, 2)} steps in all; ${short(MOST_STEPS)} are the most` : null;
  }

  player() {
    this.play = make("button", { type: "button", className: "ol-button ol-play" });
    this.scrub = this.undoScroll(make("input", { type: "range", min: 0, step: 1, className: "ol-slider", id: `${this.name}-step` }));
    this.scrub.setAttribute("aria-label", this.spec.view === "curve" ? `Cursor along ${this.spec.x}` : "Step");
    this.stepText = make("output", { className: "ol-step" });
    this.stepText.htmlFor = this.scrub.id;
    this.scrub.addEventListener("input", () => {
      this.stop();
      this.goTo(Number(this.scrub.value));
    });
    this.play.addEventListener("click", () => (this.playing ? this.stop() : this.start()));
    this.showPlaying();
    return make("div", { className: "ol-player" }, this.play, this.scrub, this.stepText);
  }

  showPlaying() {
    this.play.textContent = this.playing ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }

  start() {
    const { length } = this.view, still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (this.step >= length) this.goTo(0);
    if (still) return this.goTo(Math.min(length, this.step + Math.max(1, Math.round(length / 10)))); // one leap a press
    let last = performance.now(), at = this.step;
    const tick = (now) => {
      const { length } = this.view; // a slider may change it
      at += (Math.max(0, now - last) / 1000) * Math.max(6, length / 6); // at most six seconds for the whole
      last = now;
      this.goTo(Math.floor(at));
      if (this.step >= length) this.stop();
      else this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
    this.showPlaying();
  }

  stop() {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.showPlaying();
    this.later();
  }

  // Moving

  /** Take over some settings; `own` says that the reader did it, and not Python. */
  set(values, own = false) {
    const atEnd = this.step >= this.view.length;
    Object.assign(this.values, values);
    if (own) {
      this.message.textContent = "";
      this.changed?.(values);
    }
    if (atEnd || this.step > this.view.length) this.step = this.view.length;
    this.frame ??= requestAnimationFrame(() => this.recompute());
    this.later();
  }

  /** Something that is dragged: if the browser takes the finger on it for one that scrolls the page, what it has changed so far is put back. */
  undoScroll(element) {
    let before;
    element.addEventListener("pointerdown", () => (before = { values: structuredClone(this.values), step: this.step, playing: this.playing }));
    element.addEventListener("pointercancel", () => {
      this.set(before.values, true);
      this.goTo(before.step);
      this.hold(null);
      if (before.playing) this.start();
    });
    return element;
  }

  goTo(step) {
    this.step = Math.min(step, this.view.length);
    this.redraw();
    this.later();
  }

  recompute() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.view.compute();
    if (!this.held || performance.now() - this.written > 100) this.write(); // nobody reads digits that change faster, and they cost as much as a line
    this.redraw();
  }

  /** Write into each field the value that is set. */
  write() {
    this.written = performance.now();
    for (const name in this.inputs) {
      const input = this.inputs[name], value = this.values[name];
      if (input.value === value) continue;
      input.value = value;
      input.field.value = input.text = short(value, 6);
      input.field.removeAttribute("aria-invalid");
      input.slider.setAttribute("aria-valuetext", `${input.symbol} = ${input.text}`);
      if (name !== this.held) this.place(name);
    }
  }

  /** Bring a slider's thumb to the value; 0 has no place on a logarithmic slider. */
  place(name) {
    const { slider, from } = this.inputs[name];
    slider.value = Math.max(from(this.values[name]), Number(slider.min));
  }

  /** The thumb of the slider under the hand stays there; when the hand rests, or takes another, it goes to the rounded value. */
  hold(name) {
    if (this.held && this.held !== name) this.place(this.held);
    this.held = name;
  }

  measure() {
    this.view.panels.forEach((panel) => panel.measure());
    this.redraw();
  }

  redraw() {
    if (this.frame) return; // it is about to be drawn anyway
    this.view.draw();
    if (this.seen?.step === this.step && this.seen.length === this.view.length) return;
    this.seen = { step: this.step, length: this.view.length };
    this.scrub.max = this.view.length;
    this.scrub.value = this.step;
    this.stepText.textContent = this.spec.view === "curve" ? `${this.spec.x} = ${short(this.view.xs[this.step])}` : `step ${this.step}`;
    this.scrub.setAttribute("aria-valuetext", this.stepText.textContent);
  }

  /** Words, numbers and the address follow when the reader's hand rests. */
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), 250);
  }

  settle() {
    if (this.frame) this.recompute(); // in a hidden tab frames come late
    this.hold(null);
    this.write();
    this.view.settle?.();
    this.redraw();
    this.say();
    this.tabulate();
    this.remember();
  }

  say() {
    const shown = this.runs.map((_, r) => r).filter((r) => !this.muted.has(r));
    const sentences = shown.map((r) => this.view.sentence(r));
    this.status.replaceChildren(...sentences.flatMap((sentence) => [make("span", { textContent: sentence }), " "]));
    this.view.handle?.setAttribute("aria-label", `Start point (${this.values.start.map((c) => short(c)).join(", ")}). Arrow keys move it.`);
    this.view.panels[0].still.setAttribute("aria-label", `${this.spec.title}. ${this.status.textContent}`);
  }

  tabulate() {
    if (!this.details.open) return;
    const { head, rows } = this.view.table(), cell = (tag, value) => {
      const element = make(tag, { textContent: typeof value === "number" ? (Number.isFinite(value) ? short(value, 6) : "—") : value });
      if (typeof value === "number") element.dataset.value = value;
      return element;
    };
    const table = make("table", {},
      make("thead", {}, make("tr", {}, ...head.map((text) => Object.assign(cell("th", text), { scope: "col" })))),
      make("tbody", {}, ...rows.map(([first, ...rest]) => make("tr", {}, Object.assign(cell("th", first), { scope: "row" }), ...rest.map((value) => cell("td", value))))));
    const box = make("div", { className: "ol-table", tabIndex: 0 }, table);
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `Numbers at this step of experiment ${this.number}`);
    this.details.querySelector(".ol-table")?.remove();
    this.details.append(box);
  }

  reset() {
    this.stop();
    this.muted.clear();
    this.pressChips();
    this.message.textContent = "";
    this.set(structuredClone(this.spec.settings), true);
    this.goTo(this.view.length);
  }

  // The address: ?lab-2=lr:0.1,start:-3;2,step:40,off:1

  state() {
    const parts = Object.entries(this.values)
      .filter(([name, value]) => String(value) !== String(this.spec.settings[name]))
      .map(([name, value]) => `${name}:${[].concat(value).join(";")}`);
    if (this.step !== this.view.length) parts.push(`step:${this.step}`);
    if (this.muted.size) parts.push(`off:${[...this.muted].join(";")}`);
    return parts.join(",");
  }

  restore() {
    if (this.model) return;
    const given = new URLSearchParams(location.search).get(this.name);
    for (const part of given?.split(",") ?? []) {
      const [name, text = ""] = part.split(":"), numbers = text.split(";").map(Number);
      if (!numbers.every(Number.isFinite)) continue;
      if (name === "step") this.step = Math.max(0, Math.round(numbers[0]));
      else if (name === "off") numbers.filter((r) => r in this.runs).forEach((r) => this.muted.add(r));
      else if (name === "start" && numbers.length === this.values.start?.length) this.values.start = this.view.inside(numbers);
      else if (typeof this.values[name] === "number" && !this.outside(name, numbers[0], -Infinity, Infinity)) {
        this.values[name] = Number.isInteger(this.spec.settings[name]) && ["steps", "m", "seed"].includes(name) ? Math.round(numbers[0]) : numbers[0];
      }
    }
    if (!given?.includes("step:")) this.step = this.view.length;
    this.step = Math.min(this.step, this.view.length);
    this.pressChips();
  }

  address() {
    const url = new URL(location), state = this.state();
    if (state) url.searchParams.set(this.name, state);
    else url.searchParams.delete(this.name);
    url.search = decodeURIComponent(url.search); // : ; and , are fine in a query, and a reader can read them
    return url;
  }

  remember() {
    if (!this.model && location.protocol !== "about:") history.replaceState(history.state, "", this.address());
  }

  async copyLink(button) {
    const url = this.address();
    url.hash = this.id;
    let done = "Copied";
    try {
      await navigator.clipboard.writeText(url.href);
    } catch {
      done = "It is in the address bar"; // the browser lets no page write to the clipboard here
      history.replaceState(history.state, "", url);
    }
    button.textContent = done;
    setTimeout(() => (button.textContent = "Copy link"), 2000);
  }
}

if (!customElements.get("optimizer-lab")) customElements.define("optimizer-lab", OptimizerLab);

/** In a live notebook: each setting is a trait of the model, and both sides follow each other. */
function render({ model, el }) {
  const lab = document.createElement("optimizer-lab"), Lab = customElements.get("optimizer-lab");
  if (!(lab instanceof Lab)) throw new Error("optimizer-lab could not be defined");
  const spec = model.get("spec"), names = Object.keys(spec.settings);
  lab.model = model;
  lab.spec = { ...spec, settings: Object.fromEntries(names.map((name) => [name, model.get(name)])), computed: model.get("computed") };
  el.dataset.lmSuppressShortcuts = "true";
  for (const type of ["keydown", "keyup"]) el.addEventListener(type, (event) => event.stopPropagation()); // or the notebook takes the arrow keys
  lab.changed = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    lab.saving ??= setTimeout(() => {
      lab.saving = null;
      model.save_changes();
    }, 60);
  };
  const pull = () => {
    const changed = names.filter((name) => String(model.get(name)) !== String(lab.values[name]));
    if (changed.length) lab.set(Object.fromEntries(changed.map((name) => [name, structuredClone(model.get(name))])));
  };
  names.forEach((name) => model.on(`change:${name}`, pull));
  model.on("change:computed", () => {
    lab.computed = model.get("computed");
    lab.set({});
  });
  el.append(lab);
}
