// A slider for each setting, with a field for what is typed.

import { make } from "../drawing/dom.js";
import { short } from "../drawing/numbers.js";

/** @import { Control, Spacing } from "../types.js" */
/** @import { OptimizerLab } from "./element.js" */

/**
 * From a slider's position to the value, and back.
 *
 * @type {Record<Spacing, { to: (position: number) => number, from: (value: number) => number }>}
 */
const SCALES = {
  linear: { to: (x) => x, from: (x) => x },
  log: { to: (x) => 10 ** x, from: Math.log10 },
  complement: { to: (x) => 1 - 10 ** -x, from: (x) => -Math.log10(1 - x) },
};

/**
 * The hundredths of its range that a key moves a slider.
 *
 * @type {Record<string, number>}
 */
const WAYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10 };

/** The slider and the field of one setting of a lab. */
export class Input {
  /**
   * @param {OptimizerLab} lab
   * @param {Control} control
   */
  constructor(lab, control) {
    const { name, symbol, title, low, high, scale, integer } = control;
    this.lab = lab;
    this.control = control;
    this.to = SCALES[scale].to;
    this.from = SCALES[scale].from;
    /** What is in the field. */
    this.text = "";
    /** @type {number | null} */
    this.value = null;
    const step = integer && scale === "linear" ? 1 : "any";
    const range = { min: this.from(low), max: this.from(high), step };
    const id = `${lab.name}-${name}`;
    this.slider = lab.undoScroll(make("input", { type: "range", id, ...range, className: "ol-slider" }));
    this.field = make("input", {
      type: "text",
      inputMode: "decimal",
      className: "ol-field",
      autocomplete: "off",
    });
    this.field.setAttribute("aria-label", `${title ? `${symbol}, ${title}` : symbol}, value`);
    const label = make("label", { htmlFor: id, className: "ol-label", title });
    label.append(make("span", { className: "ol-symbol", textContent: symbol }));
    if (title) label.append(make("span", { className: "ol-title", textContent: title }));
    this.row = make("div", { className: "ol-row" }, label, this.slider, this.field);
    this.listen();
  }

  listen() {
    const { slider, field, lab } = this;
    slider.addEventListener("input", () => this.slide());
    slider.addEventListener("change", () => lab.write());
    slider.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("change", () => this.type());
    field.addEventListener("input", () => lab.warn(""));
    field.addEventListener("blur", () => {
      if (field.getAttribute("aria-invalid") !== "true") return;
      field.removeAttribute("aria-invalid");
      field.value = this.text;
    });
  }

  /**
   * A value, no further than the slider goes.
   *
   * @param {number} value
   */
  within(value) {
    return Math.min(this.control.high, Math.max(this.control.low, value));
  }

  /** The thumb has moved: take its place as a round value. */
  slide() {
    const { lab } = this;
    const { name, scale, integer } = this.control;
    const exact = this.within(this.to(Number(this.slider.value)));
    const round = () => {
      if (integer) return Math.round(exact);
      if (scale === "complement") return 1 - Number((1 - exact).toPrecision(2));
      return Number(exact.toPrecision(scale === "log" ? 2 : 3));
    };
    const value = Number(round().toPrecision(12));
    lab.hold(name);
    if (value !== lab.values[name]) lab.set({ [name]: value }, true);
    else lab.later(); // as at most moves among a few whole numbers
  }

  /**
   * A hundredth of the range a key press, and at least 1 where only whole numbers go.
   *
   * @param {KeyboardEvent} event
   */
  press(event) {
    const { lab, from } = this;
    const { name, low, high, scale, integer } = this.control;
    const way = WAYS[event.key];
    if (!way || (integer && scale === "linear")) return; // the browser's own step is 1
    event.preventDefault();
    const now = lab.values[name];
    const position = from(now) + (way * (from(high) - from(low))) / 100;
    let value = this.to(Math.min(from(high), Math.max(from(low), position)));
    if (integer)
      value = way > 0 ? Math.max(Math.round(value), now + 1) : Math.min(Math.round(value), now - 1);
    lab.set({ [name]: this.within(scale === "complement" ? value : Number(value.toPrecision(4))) }, true);
  }

  /** A value has been typed. */
  type() {
    const { lab, field } = this;
    const { name, symbol } = this.control;
    const value = Number(field.value.replaceAll("−", "-").replace(",", "."));
    const problem = this.problemOf(value);
    field.setAttribute("aria-invalid", String(Boolean(problem)));
    lab.warn(problem ? `${symbol} = ${field.value} ${problem}.` : "");
    if (!problem) lab.set({ [name]: value }, true);
  }

  /** @param {number} value */
  problemOf(value) {
    const { name, low, high, integer } = this.control;
    if (this.field.value.trim() === "" || !Number.isFinite(value)) return "is not a number";
    if (integer && !Number.isInteger(value)) return "must be a whole number";
    return this.lab.outside(name, value, low, high);
  }

  /** Write the present value into the field, if it is another; returns whether it is. */
  write() {
    const { slider, field } = this;
    const { name, symbol } = this.control;
    const value = this.lab.values[name];
    if (this.value === value) return false;
    this.value = value;
    this.text = short(value, 6);
    field.value = this.text;
    field.removeAttribute("aria-invalid");
    slider.setAttribute("aria-valuetext", `${symbol} = ${this.text}`);
    return true;
  }

  /** Bring the thumb to the present value; 0 has no place on a logarithmic slider. */
  place() {
    const position = Math.max(this.from(this.lab.values[this.control.name]), Number(this.slider.min));
    this.slider.value = String(position);
  }
}
