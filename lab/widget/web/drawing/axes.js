// The axes of a box: at each tick a number, and a line if there is a grid; and the axis's name.

import { shape, tenths, words } from "./dom.js";
import { numerals, ticks } from "./numbers.js";

/** @import { Axis, Box } from "../types.js" */

/**
 * Where an axis has ticks, in pixels, and the number at each.
 *
 * @param {Axis} axis
 * @param {number} count
 * @returns {[place: number, text: string][]}
 */
function numbered(axis, count) {
  const at = ticks(axis, count);
  const texts = numerals(at);
  return at.map((t, k) => [Math.round(axis(t)) + 0.5, texts[k]]);
}

/**
 * The horizontal axis.
 *
 * @param {Box} box
 * @param {Axis} x
 * @param {string} name
 */
export function axisX(box, x, name, grid = true) {
  const at = numbered(x, Math.max(2, (box.right - box.left) / 90));
  let free = -Infinity;
  const numbers = at.flatMap(([p, text]) => {
    const half = 3.8 * text.length;
    const middle = Math.min(p, box.right + 12 - half); // not beyond the panel
    if (middle - half < free) return []; // nor over the one before
    free = middle + half + 4;
    return [words(text, middle, box.bottom + 16, "middle")];
  });
  const lines = at.map(([p]) => `M${tenths(p)} ${tenths(box.top)}V${tenths(box.bottom)}`);
  return [
    shape("grid", grid ? lines.join("") : ""),
    ...numbers,
    words(name, box.right, box.bottom + 31, "end"),
  ];
}

/**
 * The vertical axis.
 *
 * @param {Box} box
 * @param {Axis} y
 * @param {string} name
 */
export function axisY(box, y, name, grid = true) {
  const at = numbered(y, Math.max(2, (box.bottom - box.top) / 45));
  const lines = at.map(([p]) => `M${tenths(box.left)} ${tenths(p)}H${tenths(box.right)}`);
  const left = Math.max(2, Math.min(box.left, box.right + 12 - 6.3 * name.length)); // a long name begins further left
  return [
    shape("grid", grid ? lines.join("") : ""),
    ...at.map(([p, text]) => words(text, box.left - 6, p + 4, "end")),
    words(name, left, box.top - 7, "start"),
  ];
}
