// Formulas against one of their variables.

import { leastIndex, range } from "d3-array";
import { short } from "../drawing/numbers.js";
import { Panel } from "../drawing/panel.js";
import { drawSeries } from "../drawing/series.js";
import { written } from "../engine/rules.js";

/** @import { CurveSpec, Formula, View } from "../types.js" */
/** @import { OptimizerLab } from "../element/element.js" */

const INTERVALS = 240;

/** @implements {View} */
export class CurveView {
  length = INTERVALS;

  /** @param {OptimizerLab} lab */
  constructor(lab) {
    this.lab = lab;
    this.panel = new Panel(lab.stage, "wide", lab.spec.title);
    this.panels = [this.panel];
    this.curves = lab.spec.curves.map((line) => ({ ...line, f: formulaOf(line) }));
    const [low, high] = lab.spec.domain;
    const log = lab.spec.log.includes("x");
    this.xs = range(INTERVALS + 1).map((k) =>
      log ? low * (high / low) ** (k / INTERVALS) : low + ((high - low) * k) / INTERVALS,
    );
    /** @type {{ xs: number[], ys: number[] }[]} */
    this.results = [];
  }

  compute() {
    const { values, spec } = this.lab;
    this.results = this.curves.map(({ f, points = [] }) => {
      if (!f) return { xs: points.map(([x]) => x), ys: points.map(([, y]) => y) };
      return { xs: this.xs, ys: this.xs.map((x) => f({ ...values, [spec.x]: x })) };
    });
  }

  draw() {
    const { lab } = this;
    const { x, log, domain } = lab.spec;
    const series = this.results
      .map(({ xs, ys }, r) => ({ r, style: lab.runs[r], xs, ys }))
      .filter(({ r }) => !lab.muted.has(r));
    drawSeries(this.panel, {
      series,
      logY: log.includes("y"),
      x: { extent: domain, log: log.includes("x") },
      xLabel: x,
      yLabel: "",
      cursor: lab.step,
    });
  }

  /**
   * The value of a curve at the cursor; of recorded points the one nearest to it.
   *
   * @param {number} r
   */
  at(r) {
    const { xs, ys } = this.results[r];
    const { step } = this.lab;
    const k = this.curves[r].points ? leastIndex(xs, (x) => Math.abs(x - this.xs[step])) : step;
    return ys[k ?? 0];
  }

  /** @param {number} r */
  sentence(r) {
    const value = this.at(r);
    const text = Number.isFinite(value) ? short(value, 4) : "no value";
    return `${this.lab.runs[r].label}: ${text} at ${this.lab.spec.x} = ${short(this.xs[this.lab.step], 4)}.`;
  }

  table() {
    const { spec, step, runs } = this.lab;
    return {
      head: ["curve", spec.x, "value"],
      rows: this.results.map((_, r) => [runs[r].label, this.xs[step], this.at(r)]),
    };
  }
}

/**
 * The function of a curve, unless it is one of recorded points.
 *
 * @param {CurveSpec} line
 * @returns {Formula | undefined}
 */
function formulaOf({ code }) {
  return code === undefined ? undefined : written(code);
}
