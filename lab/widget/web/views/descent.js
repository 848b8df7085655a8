// The paths of runs on a landscape, and their losses.

import { range } from "d3-array";
import { axisX, axisY } from "../drawing/axes.js";
import { contoursOf, starAt } from "../drawing/ground.js";
import { dragHandle, moveTo } from "../drawing/handle.js";
import { arrowOf, curve, markOf } from "../drawing/lines.js";
import { short } from "../drawing/numbers.js";
import { Panel } from "../drawing/panel.js";
import { extent, scale } from "../drawing/scale.js";
import { counted, drawSeries } from "../drawing/series.js";
import { descend, losses } from "../engine/descent.js";
import { LANDSCAPES } from "../engine/generated.js";
import { hyperOf, ruleOf } from "../engine/rules.js";

/** @import { Box, Descent, View } from "../types.js" */
/** @import { OptimizerLab } from "../element/element.js" */

/** @implements {View} */
export class DescentView {
  /**
   * @param {OptimizerLab} lab
   * @param {string} name of the chart
   * @param {{ margin?: Box }} layout of the chart
   */
  constructor(lab, name = "Loss against step", layout = {}) {
    this.lab = lab;
    this.landscape = LANDSCAPES[lab.spec.landscape];
    this.plane = this.landscape.domain.length === 2;
    this.map = new Panel(lab.stage, "map", "Paths", {
      margin: { left: 34, top: 8, right: 12, bottom: this.plane ? 24 : 38 },
      room: 0,
    });
    this.chart = new Panel(lab.stage, "chart", name, layout);
    this.panels = [this.map, this.chart];
    this.x = scale(0, 1, 0, 1);
    this.y = scale(0, 1, 0, 1);
    /** @type {Descent[]} */
    this.results = [];
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
      const { w = [], left = -1 } = lab.computed[run.label] ?? {};
      const d = lab.values.start.length;
      const n = w.length / d;
      return { w, d, n, left, loss: losses(this.landscape, lab.values, w, d, n) };
    });
  }

  draw() {
    const box = this.map.within;
    if (!box) return;
    this.drawGround(box);
    this.drawPaths();
    this.drawLoss();
  }

  /**
   * The landscape: contours, or the curve of a loss in one dimension.
   *
   * @param {Box} box
   */
  drawGround(box) {
    const { lab, landscape, plane } = this;
    const [xs, ys] = landscape.domain;
    const ws = plane ? [] : range(161).map((k) => xs[0] + ((xs[1] - xs[0]) * k) / 160);
    const heights = ws.map((w) => landscape.f(lab.values, w));
    const x = scale(...xs, box.left, box.right);
    const y = scale(...(plane ? ys : extent([heights])), box.bottom, box.top);
    this.x = x;
    this.y = y;
    const parameters = Object.keys(landscape.parameters).map((name) => lab.values[name]);
    const coarse = (lab.held ?? "") in landscape.parameters; // contours that move under the reader's hand; fine ones follow when it rests
    this.map.once("ground", [...parameters, coarse], () =>
      plane ? contoursOf(landscape, lab.values, box, coarse) : [curve("curve", x.all(ws), y.all(heights))],
    );
    this.map.once("axes", plane ? [] : parameters, () => [
      ...axisX(box, x, plane ? "" : "w", !plane),
      ...axisY(box, y, "", !plane),
      ...landscape.minima.map((m) => starAt(x(m[0]), y(plane ? m[1] : landscape.f(lab.values, m[0])))),
    ]);
  }

  drawPaths() {
    const { lab, landscape, plane, x, y } = this;
    const { lines } = this.map;
    lines.begin();
    this.results.forEach(({ w, d, n, loss }, r) => {
      if (lab.muted.has(r)) return;
      const count = Math.min(n, lab.step + 1);
      const ys = plane ? y.all(w, count, 1, 2) : y.all(loss, count);
      lines.draw(r, lab.runs[r], { xs: x.all(w, count, 0, d), ys, at: count - 1, dotted: count <= 60 });
      if (lab.spec.vectors && plane) this.drawVectors(r, count - 1);
    });
    lines.end();
    const [a, b] = lab.values.start;
    moveTo(this.handle, x(a), y(plane ? b : landscape.f(lab.values, a)));
  }

  drawLoss() {
    const { lab, results } = this;
    const steps = counted(this.length + 1, 0);
    const series = results
      .map((result, r) => ({ r, style: lab.runs[r], xs: steps, ys: result.loss }))
      .filter(({ r }) => !lab.muted.has(r));
    const first = series[0]?.ys[0] ?? 1;
    drawSeries(this.chart, {
      series,
      logY: series.every((line) => line.ys.every((v) => !(v <= 0))),
      cursor: lab.step,
      cap: Math.abs(first) * 1e4 + 10,
      x: { extent: [0, this.length] },
      xLabel: "step i",
      yLabel: "loss J(w)",
    });
  }

  /**
   * The momentum αv, the step −ηg of the gradient, and the point at which the gradient is taken.
   *
   * @param {number} r
   * @param {number} i the step
   */
  drawVectors(r, i) {
    const run = this.lab.runs[r];
    if (run.frozen) return;
    const rule = ruleOf(run);
    const h = hyperOf(run, this.lab.values);
    const { w } = this.results[r];
    const { states } = descend(run, this.landscape, { ...this.lab.values, steps: i });
    const increment = (/** @type {number} */ k, /** @type {number} */ g) =>
      rule.stepper(h)([...states[k]], g);
    const ahead = rule.lookahead?.(h);
    const here = [w[2 * i], w[2 * i + 1]];
    const at = here.map((c, k) => (ahead ? ahead(states[k], c) : c));
    const g = this.landscape.grad(this.lab.values, ...at);
    const tip = here.map((c, k) => c + increment(k, 0)); // where it goes without a gradient
    const { x, y } = this;
    const { lines } = this.map;
    /** @type {(from: number[], to: number[]) => string} */
    const arrow = (from, to) => arrowOf(x(from[0]), y(from[1]), x(to[0]), y(to[1]));
    const step = (/** @type {number[]} */ from) =>
      from.map((c, k) => c + increment(k, g[k]) - increment(k, 0));
    lines.add(r, "arrow-momentum", arrow(here, tip));
    lines.add(r, "arrow-descent", arrow(at, step(at)));
    lines.add(r, "arrow-then", rule.lookahead ? "" : arrow(tip, step(tip)));
    const ring = markOf("o", x(at[0]), y(at[1]), 4.5);
    lines.add(r, "arrow-at", ring && `M${ring}Z`);
  }

  /**
   * A point, brought to the edge of the picture where it is beyond.
   *
   * @param {number[]} point
   */
  inside(point) {
    return point.map((c, k) =>
      Math.min(this.landscape.domain[k][1], Math.max(this.landscape.domain[k][0], c)),
    );
  }

  /** @param {number} r */
  sentence(r) {
    const { w, d, n, left, loss } = this.results[r];
    const { label } = this.lab.runs[r];
    const { step } = this.lab;
    if (left > 0 && step >= left) return `${label} left the range of numbers at step ${left}.`;
    const i = Math.min(n - 1, step);
    const at = Array.from({ length: d }, (_, k) => short(w[d * i + k], 4)).join(", ");
    const point = d > 1 ? `(${at})` : at;
    const out = this.landscape.domain.some(([a, b], k) => w[d * i + k] < a || w[d * i + k] > b);
    const height = Number.isFinite(loss[i]) ? short(loss[i]) : "beyond the range of numbers";
    return `${label}: w = ${point}, loss ${height}${out ? ", outside the picture" : ""}.`;
  }

  table() {
    const names = this.plane ? ["x", "y"] : ["w"];
    const { step: i, runs } = this.lab;
    return {
      head: ["rule", ...names, "loss"],
      rows: this.results.map(({ w, d, n, left, loss }, r) => {
        const cells =
          i < n
            ? [...names.map((_, k) => w[d * i + k]), loss[i]]
            : [`left at step ${left}`, ...names.map(() => "")];
        return [runs[r].label, ...cells];
      }),
    };
  }
}

/**
 * The start point: dragged with mouse, finger or pen, moved with the arrow keys.
 *
 * @param {DescentView} view
 */
function startHandle(view) {
  const { lab, landscape } = view;
  const move = (/** @type {number[]} */ start) => {
    lab.set({ start: view.inside(start).map((c) => Number(c.toPrecision(4))) }, true);
  };
  const handle = dragHandle(
    view.plane ? "ol-start" : "ol-start ol-sideways",
    view.map,
    (px, py) => move([view.x.invert(px), view.y.invert(py)].slice(0, landscape.domain.length)),
    (...way) => {
      const steps = landscape.domain.map(([low, high], k) => way[k] * (high - low));
      move(lab.values.start.map((c, k) => c + steps[k]));
    },
  );
  return lab.undoScroll(handle);
}
