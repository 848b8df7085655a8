// From the data of a run to functions.

import { RULES } from "./generated.js";

/** @import { Code, Hyper, Rule, Run, Settings } from "../types.js" */

/**
 * A function or rule that Python has written.
 *
 * @param {Code} code its number in the page's own script, or, in a live notebook, its text
 * @returns {any}
 */
export function written(code) {
  return typeof code === "number" ? globalThis.optimizerLabCode[code] : new Function(`return ${code}`)();
}

/**
 * The rule of a run that is not frozen: the book's own, or the one that came with the page.
 *
 * @param {Run} run
 * @returns {Rule}
 */
export function ruleOf(run) {
  run.compiled ??= run.code === undefined ? RULES[run.rule] : written(run.code);
  return /** @type {Rule} */ (run.compiled);
}

/**
 * The hyperparameters of a run under the present settings.
 *
 * @param {Run} run
 * @param {Settings} settings
 */
export function hyperOf(run, settings) {
  /** @type {Hyper} */
  const h = {};
  for (const name in run.hyper) h[name] = run.fixed[name] ?? settings[name] ?? run.hyper[name];
  if ("lr" in h) h.lr *= settings.factor ?? 1;
  return h;
}

/** @param {ArrayLike<number>} values */
export function allFinite(values) {
  for (let k = 0; k < values.length; k++) if (!Number.isFinite(values[k])) return false;
  return true;
}
