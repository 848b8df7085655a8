// A map of the last loss over two hyperparameters, in the place of the chart; the descent is that at the point on it.

import { max, min, range } from "d3-array";
import { axisX, axisY } from "../drawing/axes.js";
import { area, cut, make, svg, words } from "../drawing/dom.js";
import { dragHandle, moveTo } from "../drawing/handle.js";
import { curve } from "../drawing/lines.js";
import { short } from "../drawing/numbers.js";
import { pixels } from "../drawing/pixels.js";
import { scale } from "../drawing/scale.js";
import { descend } from "../engine/descent.js";
import { written } from "../engine/rules.js";
import { DescentView } from "./descent.js";

/** @import { Axis, Box, Control, Formula, View } from "../types.js" */
/** @import { OptimizerLab } from "../element/element.js" */

const COLUMNS = 72;
const ROWS = 48;

/** @type {(v: number, low: number, high: number) => number} */
const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

/** @implements {View} */
export class MapView extends DescentView {
  cells = COLUMNS * ROWS;

  /** @param {OptimizerLab} lab */
  constructor(lab) {
    super(lab, "Last loss", { margin: { left: 60, top: 20, right: 12, bottom: 88 } }); // room for the scale of colours
    this.boundaries = lab.spec.boundaries.map(({ label, code }) => ({ label, f: written(code) }));
    /**
     * The last loss of each cell, row by row from the lowest, and NaN where the run left; null before the first map.
     *
     * @type {Float64Array | null}
     */
    this.losses = null;
    this.mapped = "";
    this.point = pointHandle(this);
    this.chart.box.append(this.point);
    lab.stage.prepend(this.chart.box);
    if (!this.boundaries.length) return;
    const labels = this.boundaries.map(({ label }) => label).join("; ");
    lab.stage.after(make("p", { className: "ol-note", textContent: `Dashed on the map, ${labels}.` }));
  }

  /** What the map depends on: every setting but the two along its axes. */
  get key() {
    const rest = Object.entries(this.lab.values).filter(([name]) =>
      this.lab.spec.axes.every((axis) => axis.name !== name),
    );
    return JSON.stringify(rest);
  }

  compute() {
    super.compute();
    if (!this.losses) this.settle();
  }

  /** The map takes a while; it follows when the hand rests. */
  settle() {
    const { values, runs, spec } = this.lab;
    if (this.key === this.mapped || runs[0].frozen) return;
    const [x, y] = spec.axes;
    this.mapped = this.key;
    this.losses = new Float64Array(this.cells);
    for (let j = 0; j < ROWS; j++) {
      for (let i = 0; i < COLUMNS; i++) {
        const at = {
          ...values,
          [x.name]: along(x, (i + 0.5) / COLUMNS),
          [y.name]: along(y, (j + 0.5) / ROWS),
        };
        const { left, loss } = descend(runs[0], this.landscape, at);
        this.losses[j * COLUMNS + i] = left > 0 ? NaN : loss[loss.length - 1];
      }
    }
  }

  drawLoss() {
    const { losses, lab } = this;
    const box = this.chart.within;
    if (!box || !losses) return;
    const [ax, ay] = lab.spec.axes;
    const x = axisOf(ax, box.left, box.right);
    const y = axisOf(ay, box.bottom, box.top);
    this.chart.once("heat", this.mapped, () => [
      ...heat(losses, box),
      ...axisX(box, x, ax.symbol, false),
      ...axisY(box, y, ay.symbol, false),
      svg("svg", cut(box), ...this.boundaries.flatMap(({ f }) => this.boundary(f, x, y))),
    ]);
    const { [ax.name]: a, [ay.name]: b } = lab.values;
    moveTo(this.point, clamp(x(a), box.left, box.right), clamp(y(b), box.top, box.bottom));
    const place = `${ax.symbol} ${short(a)}, ${ay.symbol} ${short(b)}`;
    this.point.setAttribute("aria-label", `Point of the map (${place}). Arrow keys move it.`);
  }

  /**
   * A line over the map.
   *
   * @param {Formula} f
   * @param {Axis} x
   * @param {Axis} y
   */
  boundary(f, x, y) {
    const [, ay] = this.lab.spec.axes;
    const at = range(61).map((i) => along(ay, i / 60));
    const xs = at.map((v) => clamp(x(f({ ...this.lab.values, [ay.name]: v })), -1e4, 1e4));
    return [curve("boundary-edge", xs, at.map(y)), curve("boundary", xs, at.map(y))];
  }
}

/**
 * The losses in colours, and under them the scale of these.
 *
 * @param {Float64Array} losses
 * @param {Box} box
 */
function heat(losses, box) {
  const logs = Array.from(losses, (v) => Math.log10(clamp(v, 1e-12, 1e6)));
  const known = logs.filter(Number.isFinite);
  const low = min(known) ?? 0;
  const high = max(known) ?? 1;
  const shares = logs.map((v) => (v - low) / (high - low || 1));
  const strip = { left: 20, right: box.right, top: box.bottom + 42, bottom: box.bottom + 52 };
  const left = { left: 20, right: 30, top: strip.bottom + 21, bottom: strip.bottom + 31 };
  const drawing = [
    svg("rect", { class: "ol-left", ...area(box) }),
    pixels(box, COLUMNS, ROWS, (i, j) => shares[(ROWS - 1 - j) * COLUMNS + i]),
    pixels(strip, 128, 1, (i) => i / 127),
    ...axisX(strip, scale(10 ** low, 10 ** high, strip.left, strip.right, true), "last loss", false),
  ];
  if (known.length === logs.length) return drawing;
  return [
    ...drawing,
    svg("rect", { class: "ol-left", ...area(left) }),
    words("left", left.right + 5, left.bottom, "start"),
  ];
}

/**
 * An axis of the map, from a hyperparameter's values to pixels.
 *
 * @param {Control} control
 * @param {number} from
 * @param {number} to
 * @returns {Axis}
 */
function axisOf(control, from, to) {
  const { low, high, scale: spacing } = control;
  const map = (/** @type {number} */ v) => from + share(control, v) * (to - from);
  return Object.assign(map, { low, high, log: spacing === "log", complement: spacing === "complement" });
}

/**
 * The value at a share of an axis.
 *
 * @param {Control} axis
 * @param {number} part
 */
function along({ low, high, scale }, part) {
  if (scale === "log") return low * (high / low) ** part;
  if (scale === "complement") return 1 - (1 - low) * ((1 - high) / (1 - low)) ** part;
  return low + (high - low) * part;
}

/**
 * The share of an axis at a value.
 *
 * @param {Control} axis
 * @param {number} value
 */
function share({ low, high, scale }, value) {
  if (scale === "log") return Math.log(value / low) / Math.log(high / low);
  if (scale === "complement") return Math.log((1 - value) / (1 - low)) / Math.log((1 - high) / (1 - low));
  return (value - low) / (high - low);
}

/**
 * The point on a map; a click anywhere on the map brings it there.
 *
 * @param {MapView} view
 */
function pointHandle({ lab, chart }) {
  const [x, y] = lab.spec.axes;
  /** @type {(axis: Control, part: number) => number} */
  const valueAt = (axis, part) => {
    const v = along(axis, clamp(part, 0, 1));
    const rounded =
      axis.scale === "complement" ? 1 - Number((1 - v).toPrecision(3)) : Number(v.toPrecision(3));
    return clamp(rounded, axis.low, axis.high);
  };
  /** @type {(a: number, b: number) => void} */
  const move = (a, b) => lab.set({ [x.name]: valueAt(x, a), [y.name]: valueAt(y, b) }, true);
  /** @type {(px: number, py: number) => void} */
  const place = (px, py) => {
    const box = chart.within;
    if (box) move((px - box.left) / (box.right - box.left), (box.bottom - py) / (box.bottom - box.top));
  };
  // A click, and not as soon as a finger that scrolls touches it.
  chart.still.addEventListener("click", (event) => {
    const [px, py] = chart.pixel(event);
    place(px, py);
  });
  /** @type {(dx: number, dy: number) => void} */
  const nudge = (dx, dy) => move(share(x, lab.values[x.name]) + dx, share(y, lab.values[y.name]) + dy);
  return lab.undoScroll(dragHandle("ol-start ol-point", chart, place, nudge));
}
