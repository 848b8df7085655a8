// The element <optimizer-lab>: it holds the settings, and has everything follow when they change.

import { make } from "../drawing/dom.js";
import { VIEWS } from "../views/index.js";
import { addressOf, restore, stateOf } from "./address.js";
import { Input } from "./controls.js";
import { figureOf } from "./figure.js";
import { legendOf } from "./legend.js";
import { problemOf } from "./limits.js";
import { Player } from "./player.js";
import { tableOf } from "./table.js";
import { fail, say } from "./words.js";

/** @import { Computed, Model, Run, Settings, Spec, View } from "../types.js" */

const REST = 250; // milliseconds without a move, after which the reader's hand rests
const DIGITS = 100; // milliseconds at least between two changes of the digits

let labs = 0;

export class OptimizerLab extends HTMLElement {
  // Before it is connected, a lab in a live notebook is given these three; on a page the spec is in the element's data.
  /** @type {Model | undefined} */
  model;
  /** @type {((values: Partial<Settings>) => void) | undefined} called when the reader changes settings */
  changed;
  /** @type {Spec} */
  spec;

  number = 0;
  name = "";
  step = 0;
  /** @type {Settings} */
  values;
  /** @type {Run[]} */
  runs;
  /** @type {Computed} */
  computed;
  /** @type {Set<number>} the runs that are not shown */
  muted = new Set();
  /** @type {string | null} the setting whose slider is under the reader's hand */
  held = null;
  /** @type {number | null} the frame in which everything is about to be computed and drawn */
  frame = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  written = -Infinity; // when the digits were

  /** @type {Record<string, Input>} */
  inputs;
  /** @type {Player} */
  player;
  /** @type {View} */
  view;
  /** @type {HTMLElement} */
  legend;
  stage = make("div");
  message = make("p", { className: "ol-message" });
  status = make("p", { className: "ol-status" });
  details = make(
    "details",
    { className: "ol-numbers" },
    make("summary", { textContent: "Numbers at this step" }),
  );

  connectedCallback() {
    if (this.number) return;
    try {
      this.begin();
    } catch (error) {
      fail(this, error);
    }
  }

  begin() {
    this.number = ++labs; // first, so that a lab that cannot be built leaves the others' addresses as they are
    this.name = `lab-${this.number}`;
    this.id ||= this.name;
    this.spec ??= JSON.parse(this.dataset.spec ?? "");
    this.computed = this.spec.computed ?? {};
    this.values = structuredClone(this.spec.settings);
    this.runs = this.spec.runs ?? this.spec.curves;
    this.build();
    this.view = new VIEWS[this.spec.view](this);
    this.step = this.view.length;
    this.restore();
    this.recompute();
    this.dispatchEvent(new CustomEvent("lab-drawn", { bubbles: true, composed: true }));
    this.say();
    this.tabulate();
    // With the next frame: browsers report a size that changes while they tell of sizes.
    new ResizeObserver(() => requestAnimationFrame(() => this.measure())).observe(this.stage);
  }

  /** Take over what the address says; a live notebook has its own say. */
  restore() {
    if (!this.model) restore(this);
    this.pressChips();
  }

  build() {
    this.stage.className = `ol-stage ol-stage-${this.spec.view}`;
    this.message.setAttribute("role", "alert");
    this.status.setAttribute("role", "status");
    this.details.addEventListener("toggle", () => this.tabulate());
    this.legend = legendOf(this);
    this.player = new Player(this);
    this.inputs = Object.fromEntries(
      this.spec.controls.map((control) => [control.name, new Input(this, control)]),
    );
    this.prepend(figureOf(this)); // before the picture, which is hidden now; on a page that is still arriving it comes only later
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", `Experiment ${this.number}: ${this.spec.title}`);
    this.classList.add("ol-on");
  }

  // What the parts ask

  /** Whether the steps are being played. */
  get playing() {
    return this.player.frame;
  }

  /** What differs from the settings at the start, as the address says it. */
  state() {
    return stateOf(this);
  }

  /**
   * What is wrong with a value of a setting that a slider takes from `low` to `high`, or null.
   *
   * @param {string} name
   * @param {number} value
   * @param {number} low
   * @param {number} high
   */
  outside(name, value, low, high) {
    return problemOf(this, name, value, low, high);
  }

  /**
   * Something that is dragged: if the browser takes the finger on it for one that scrolls the page, what it has changed so far is put back.
   *
   * @template {HTMLElement} Dragged
   * @param {Dragged} element
   */
  undoScroll(element) {
    /** @type {{ values: Settings, step: number, playing: number }} */
    let before;
    element.addEventListener("pointerdown", () => {
      before = { values: structuredClone(this.values), step: this.step, playing: this.playing };
    });
    element.addEventListener("pointercancel", () => {
      this.set(before.values, true);
      this.goTo(before.step);
      this.hold(null);
      if (before.playing) this.player.start();
    });
    return element;
  }

  // Moving

  /**
   * Take over some settings; `own` says that the reader did it, and not Python.
   *
   * @param {Partial<Settings>} values
   */
  set(values, own = false) {
    const atEnd = this.step >= this.view.length;
    Object.assign(this.values, values);
    if (own) {
      this.warn("");
      this.changed?.(values);
    }
    if (atEnd || this.step > this.view.length) this.step = this.view.length;
    this.frame ??= requestAnimationFrame(() => this.recompute());
    this.later();
  }

  /** @param {number} step */
  goTo(step) {
    this.step = Math.min(step, this.view.length);
    this.redraw();
    this.later();
  }

  /**
   * Show or hide run r.
   *
   * @param {number} r
   */
  toggle(r) {
    if (!this.muted.delete(r)) this.muted.add(r);
    this.pressChips();
    this.redraw();
    this.say();
    this.remember();
  }

  /**
   * The thumb of the slider under the hand stays there; when the hand rests, or takes another, it goes to the rounded value.
   *
   * @param {string | null} name
   */
  hold(name) {
    if (this.held && this.held !== name) this.inputs[this.held].place();
    this.held = name;
  }

  reset() {
    this.player.stop();
    this.muted.clear();
    this.pressChips();
    this.warn("");
    this.set(structuredClone(this.spec.settings), true);
    this.goTo(this.view.length);
  }

  // What follows, at once

  recompute() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = null;
    this.view.compute();
    // Nobody reads digits that change faster, and they cost as much as a line.
    if (!this.held || performance.now() - this.written > DIGITS) this.write();
    this.redraw();
  }

  redraw() {
    if (this.frame) return; // it is about to be drawn anyway
    this.view.draw();
    this.player.show();
  }

  measure() {
    for (const panel of this.view.panels) panel.measure();
    this.redraw();
  }

  /** Write into each field the value that is set. */
  write() {
    this.written = performance.now();
    for (const name in this.inputs) {
      const input = this.inputs[name];
      if (input.write() && name !== this.held) input.place();
    }
  }

  /** @param {string} problem what is wrong with what was typed */
  warn(problem) {
    this.message.textContent = problem;
  }

  pressChips() {
    Array.from(this.legend.children).forEach((chip, r) => {
      chip.setAttribute("aria-pressed", String(!this.muted.has(r)));
    });
  }

  // What follows when the reader's hand rests: words, numbers and the address

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), REST);
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
    say(this);
  }

  tabulate() {
    if (!this.details.open) return;
    const table = tableOf(this.view.table(), `Numbers at this step of experiment ${this.number}`);
    this.details.querySelector(".ol-table")?.remove();
    this.details.append(table);
  }

  remember() {
    if (!this.model && location.protocol !== "about:")
      history.replaceState(history.state, "", addressOf(this));
  }
}

if (!customElements.get("optimizer-lab")) customElements.define("optimizer-lab", OptimizerLab);
