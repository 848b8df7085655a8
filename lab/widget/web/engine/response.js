// A run that is fed a sequence of gradients: the same as lab/ground/signals.py and `respond` of lab/ground/descent.py, number for number.

import { batchNoise } from "./noise.js";
import { allFinite, hyperOf, ruleOf } from "./rules.js";

/** @import { Response, Run, Settings, Signal } from "../types.js" */

/**
 * The gradients of steps 1 to `settings.steps`.
 *
 * @param {Signal} signal
 * @param {Settings} settings
 */
export function gradients(signal, settings) {
  const g = new Float64Array(settings.steps);
  const at = { ...settings, i: 0, u: 0 };
  for (let i = 1; i <= settings.steps; i++) {
    at.i = i;
    if (signal.random) at.u = batchNoise(settings.seed, i, 1, 0, 1);
    g[i - 1] = signal.at(at);
  }
  return g;
}

/**
 * What a run does with gradients, each value after the step; cut short where it overflows.
 *
 * @param {Run} run
 * @param {ArrayLike<number>} g
 * @param {Settings} settings
 * @returns {Response}
 */
export function respond(run, g, settings) {
  const rule = ruleOf(run);
  const h = hyperOf(run, settings);
  const step = rule.stepper(h);
  const q = rule.start(h);
  const dws = new Float64Array(g.length);
  const states = q.map(() => new Float64Array(g.length));
  let n = 0;
  for (; n < g.length; n++) {
    const dw = step(q, g[n]);
    if (!Number.isFinite(dw) || !allFinite(q)) break;
    dws[n] = dw;
    for (let k = 0; k < q.length; k++) states[k][n] = q[k];
  }
  return Object.fromEntries([
    ["dw", dws.subarray(0, n)],
    ...rule.state.map((name, k) => [name, states[k].subarray(0, n)]),
  ]);
}
