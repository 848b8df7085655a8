// A run on a landscape: the same as lab/ground/descent.py, number for number.

import { batchNoise } from "./noise.js";
import { allFinite, hyperOf, ruleOf } from "./rules.js";

/** @import { Descent, Landscape, Run, Settings } from "../types.js" */

const BOUND = 1e150; // a gradient beyond this has left: its square is about to leave the range of a float

/**
 * Let a run descend a landscape. Besides its path this returns the rule's state for each coordinate at the end.
 *
 * @param {Run} run
 * @param {Landscape} landscape
 * @param {Settings} settings
 * @returns {Descent & { states: number[][] }}
 */
export function descend(run, landscape, settings) {
  const { steps, start, noise, m, seed } = settings;
  const d = start.length;
  const w = new Float64Array(d * (steps + 1));
  const rule = ruleOf(run);
  const h = hyperOf(run, settings);
  const step = rule.stepper(h);
  const ahead = rule.lookahead?.(h);
  const states = start.map(() => rule.start(h));
  const now = [...start];
  const at = [...start];
  w.set(now);
  let n = 1;
  let left = -1;
  for (let i = 1; i <= steps; i++) {
    for (let k = 0; k < d; k++) at[k] = ahead ? ahead(states[k], now[k]) : now[k];
    const g = d === 1 ? landscape.grad(settings, at[0]) : landscape.grad(settings, at[0], at[1]);
    let fine = true;
    for (let k = 0; k < d; k++) {
      if (noise) g[k] += noise * batchNoise(seed, i, d, k, m);
      if (!(Math.abs(g[k]) < BOUND)) fine = false;
    }
    for (let k = 0; fine && k < d; k++) {
      const dw = step(states[k], g[k]);
      if (Number.isFinite(dw) && allFinite(states[k])) now[k] += dw;
      else fine = false;
    }
    if (!fine) {
      left = i;
      break;
    }
    for (let k = 0; k < d; k++) w[d * n + k] = now[k];
    n++;
  }
  return { w, d, n, left, loss: losses(landscape, settings, w, d, n), states };
}

/**
 * The loss at each of n points.
 *
 * @param {Landscape} landscape
 * @param {Settings} settings
 * @param {ArrayLike<number>} w
 * @param {number} d
 * @param {number} n
 */
export function losses(landscape, settings, w, d, n) {
  const loss = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    loss[i] = d === 1 ? landscape.f(settings, w[i]) : landscape.f(settings, w[2 * i], w[2 * i + 1]);
  }
  return loss;
}
