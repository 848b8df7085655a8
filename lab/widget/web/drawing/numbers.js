// Numbers as readers write them, and round ones for an axis.

import { ticks as evenTicks, max, min, pairs, range } from "d3-array";

/** @import { Axis } from "../types.js" */

/**
 * A number, short.
 *
 * @param {number} x
 * @param {number} digits
 */
export function short(x, digits = 3) {
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size < 1e5 && size > 1e-3) return proper(String(Number(x.toPrecision(digits))));
  return proper(x.toExponential(digits - 1).replace(/\.?0+e/, "e"));
}

/** @param {string} text of a number, as JavaScript writes it */
const proper = (text) => text.replace("e+", "e").replaceAll("-", "−");

/**
 * Round values for the ticks of an axis.
 *
 * @param {Pick<Axis, "low" | "high" | "log" | "complement">} axis
 * @param {number} count about how many
 * @returns {number[]}
 */
export function ticks({ low, high, log, complement }, count) {
  const within = (/** @type {number} */ t) => t >= low && t <= high;
  if (complement) return [0, 0.5, 0.9, 0.99, 0.999, 0.9999].filter(within);
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const powers = last - first + 1;
    const every = Math.max(1, Math.min(Math.ceil(powers / count), Math.floor(powers / 3))); // three at least, if there are
    const out =
      powers > 2
        ? range(first, last + 1, every).map((e) => Number(`1e${e}`))
        : range(first - 1, last + 1)
            .flatMap((e) => [1, 2, 5].map((m) => Number(`${m}e${e}`)))
            .filter(within);
    if (out.length > 2) return out;
  }
  return evenTicks(low, high, count);
}

/**
 * The numbers of an axis, all written in one way: even ones with the same decimals, or with the same power of ten where that is shorter.
 *
 * @param {number[]} values ascending
 */
export function numerals(values) {
  const steps = pairs(values, (a, b) => b - a);
  const step = steps[0];
  const size = max(values, Math.abs) ?? 0;
  const place = (/** @type {number} */ x) => Math.floor(Math.log10(x) + 1e-9);
  if (!steps.length || Math.max(...steps) - Math.min(...steps) > 1e-6 * step) {
    const least = min(values, (v) => Math.abs(v) || Infinity) ?? 0;
    return values.map((v) => proper(size >= 1e5 || least < 1e-3 ? v.toExponential() : String(v)));
  }
  const e = size >= 1e5 || step < 1e-4 ? place(size) : 0;
  const decimals = Math.max(0, e - place(step));
  if (!e) return values.map((v) => proper(v.toFixed(decimals)));
  return values.map((v) => (v ? proper(`${(v / 10 ** e).toFixed(decimals)}e${e}`) : "0"));
}
