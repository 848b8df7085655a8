// From values to pixels, and what an axis spans.

import { nice } from "d3-array";

/**
 * From values to pixels along one axis, and back. Besides a single value it maps n values of an array, every `stride`-th from the first
 * on.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 * @param {boolean} log
 */
export function scale(low, high, from, to, log = false) {
  const a = log ? Math.log10(low) : low;
  const b = log ? Math.log10(high) : high;
  const slope = (to - from) / (b - a || 1);
  const map = log
    ? (/** @type {number} */ x) => from + (Math.log10(x) - a) * slope
    : (/** @type {number} */ x) => from + (x - a) * slope;
  /** @param {ArrayLike<number>} values */
  const all = (values, n = values.length, first = 0, stride = 1) => {
    const pixels = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const x = values[first + i * stride];
      pixels[i] = from + ((log ? Math.log10(x) : x) - a) * slope;
    }
    return pixels;
  };
  /** @param {number} p */
  const invert = (p) => (log ? 10 ** (a + (p - from) / slope) : a + (p - from) / slope);
  return Object.assign(map, { low, high, log, all, invert });
}

/**
 * Round bounds of what is to be drawn: of finite numbers no larger than a cap, and of positive ones on a logarithmic axis.
 *
 * @param {ArrayLike<number>[]} series
 * @param {boolean} log
 * @param {number} cap
 * @returns {[low: number, high: number]}
 */
export function extent(series, log = false, cap = Number.MAX_VALUE) {
  let low = Infinity;
  let high = -Infinity;
  for (const values of series) {
    for (let i = 0; i < values.length; i++) {
      const v = values[i];
      if (!(Math.abs(v) <= cap) || (log && v <= 0)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  if (low > high) return log ? [0.1, 10] : [-1, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= 1e-3 * size) {
    return log ? [low / 3, high * 3] : [low - (size || 1) / 2, high + (size || 1) / 2]; // as good as constant
  }
  if (log) {
    // In leaps that grow with the span, so that the axis stands still while a slider moves: to draw it anew costs more than all lines.
    const [a, b] = [Math.log10(low), Math.log10(high)];
    const leap = b - a <= 2 ? 0.5 : b - a <= 6 ? 2 : 10;
    return [10 ** (leap * Math.floor(a / leap)), 10 ** (leap * Math.ceil(b / leap))];
  }
  const pad = (high - low) * 0.04;
  return nice(low - pad, high + pad, 6);
}
