// What a typed value may be.

import { short } from "../drawing/numbers.js";

/** @import { Settings } from "../types.js" */
/** @import { OptimizerLab } from "./element.js" */

const MOST_STEPS = 2e7; // about a second's work

/**
 * How far a typed value may go beyond its slider.
 *
 * @type {Record<string, [least: number, most: number]>}
 */
const LIMITS = {
  lr: [0, 1e6],
  alpha: [0, 0.999999],
  beta: [0, 0.9999999],
  eps: [1e-300, 1e6],
  kappa: [1, 1e9],
  steps: [1, 20000],
  m: [1, 4096],
  noise: [0, 1e6],
};

/**
 * What is wrong with a typed value, or null: it may go beyond the slider, but not beyond sense, nor hold up the page.
 *
 * @param {OptimizerLab} lab
 * @param {string} name
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function problemOf(lab, name, value, low, high) {
  /** @type {Partial<Settings>} */
  const values = { ...lab.values, [name]: value };
  const { steps = 1, noise, m = 1 } = values; // by default a curve's, which takes no steps
  const work = steps * (noise ? m : 1) * lab.runs.length * (lab.view.cells ?? 1);
  const [least, most] = LIMITS[name] ?? [low, high];
  if (!(value >= least && value <= most)) return `must be from ${least} to ${most}`;
  return work > MOST_STEPS
    ? `would take ${short(work, 2)} steps in all; ${short(MOST_STEPS)} are the most`
    : null;
}
