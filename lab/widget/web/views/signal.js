// Optimizers that are fed a sequence of gradients.

import { short } from "../drawing/numbers.js";
import { Panel } from "../drawing/panel.js";
import { counted, drawSeries } from "../drawing/series.js";
import { SIGNALS } from "../engine/generated.js";
import { gradients, respond } from "../engine/response.js";
import { hyperOf, written } from "../engine/rules.js";

/** @import { Formula, Hyper, PanelSpec, Response, View } from "../types.js" */
/** @import { OptimizerLab } from "../element/element.js" */

const COMMON = { color: "var(--ol-soft)", dark: "var(--ol-soft)" };

/** @implements {View} */
export class SignalView {
  /** @param {OptimizerLab} lab */
  constructor(lab) {
    this.lab = lab;
    this.signal = SIGNALS[lab.spec.signal];
    this.drawn = lab.spec.panels.map((panel) => ({
      ...panel,
      f: panel.code === undefined ? undefined : written(panel.code),
      panel: new Panel(lab.stage, "chart", `${panel.label} against step`),
      /** @type {(ArrayLike<number> | null)[]} */
      values: [],
    }));
    this.panels = this.drawn.map(({ panel }) => panel);
    this.references = lab.spec.references.map(({ label, code }) => ({
      label,
      f: written(code),
      ys: new Float64Array(),
    }));
    this.g = new Float64Array();
    /** @type {Response[]} */
    this.results = [];
    /** @type {Hyper[]} */
    this.hypers = [];
  }

  get length() {
    return this.lab.values.steps;
  }

  compute() {
    const { lab } = this;
    this.g = gradients(this.signal, lab.values);
    this.results = lab.runs.map((run) =>
      run.frozen ? (lab.computed[run.label] ?? { dw: new Float64Array() }) : respond(run, this.g, lab.values),
    );
    this.hypers = lab.runs.map((run) => hyperOf(run, lab.values));
    for (const panel of this.drawn) panel.values = lab.runs.map((_, r) => this.values(panel, r));
    const steps = counted(this.length, 1);
    const at = { ...lab.values, i: 0 };
    for (const line of this.references) {
      line.ys = steps.map((i) => {
        at.i = i;
        return line.f(at);
      });
    }
  }

  /**
   * The values that a panel shows of a run, or null where the run has none.
   *
   * @param {PanelSpec & { f?: Formula }} panel
   * @param {number} r
   */
  values({ record, names, f }, r) {
    const { g } = this;
    const response = this.results[r];
    if (record === "g") return r === 0 ? g : null;
    if (record === "rate") return response.dw.map((dw, i) => (g[i] === 0 ? NaN : Math.abs(dw / g[i])));
    if (record) return response[record] ?? null;
    /** @type {Record<string, number>} */
    const at = {
      ...this.hypers[r],
      ...Object.fromEntries(Object.keys(response).map((name) => [name, 0])),
      g: 0,
      i: 0,
    };
    if (!f || !names.every((name) => name in at)) return null;
    const recorded = names.filter((name) => name in response);
    return response.dw.map((_, i) => {
      at.g = g[i];
      at.i = i + 1;
      for (const name of recorded) at[name] = response[name][i];
      return f(at);
    });
  }

  draw() {
    const { lab, length } = this;
    const steps = counted(length, 1);
    for (const { panel, values, record, label, references } of this.drawn) {
      const common = record === "g"; // to all runs, and so shown whichever of them are
      const series = values.flatMap((ys, r) => {
        if (!ys || (lab.muted.has(r) && !common)) return [];
        return [{ r, style: common ? COMMON : lab.runs[r], xs: steps, ys }];
      });
      drawSeries(panel, {
        series,
        references: references
          ? {
              lines: this.references.map(({ label, ys }) => ({ label, xs: steps, ys })),
              key: JSON.stringify(lab.values),
            }
          : undefined,
        cursor: lab.step - 1,
        x: { extent: [1, Math.max(2, length)] },
        xLabel: "step i",
        yLabel: label,
      });
    }
  }

  /** @param {number} r */
  sentence(r) {
    const { label } = this.lab.runs[r];
    const { dw } = this.results[r];
    const { step } = this.lab;
    if (step > dw.length) return `${label} left the range of numbers at step ${dw.length + 1}.`;
    return step < 1 ? `${label}: before the first step.` : `${label}: Δw = ${short(dw[step - 1], 4)}.`;
  }

  table() {
    const i = this.lab.step - 1;
    const names = [...new Set(this.results.flatMap((record) => Object.keys(record)))].filter(
      (name) => name !== "g",
    );
    return {
      head: ["rule", "g", ...names.map((name) => (name === "dw" ? "Δw" : name))],
      rows: this.results.map((record, r) => [
        this.lab.runs[r].label,
        i < 0 ? "" : this.g[i],
        ...names.map((name) => record[name]?.[i] ?? ""),
      ]),
    };
  }
}
