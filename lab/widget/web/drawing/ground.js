// What a path is drawn on: the contours of a landscape, and its minima.

import { range } from "d3-array";
import { contours } from "d3-contour";
import { area, cut, shape, svg } from "./dom.js";
import { point } from "./lines.js";

/** @import { Box, Landscape, Settings } from "../types.js" */

const LEVELS = 18;

/**
 * Filled contours of a landscape, in even steps of the logarithm above its least value; if `coarse`, from a quarter of the points. The
 * points go on beyond the box, where the contours are cut off: at the edge of what is known d3 would close them.
 *
 * @param {Landscape} landscape
 * @param {Settings} settings
 * @param {Box} box
 * @param {boolean} coarse
 */
export function contoursOf(landscape, settings, box, coarse) {
  const [[x0, x1], [y0, y1]] = landscape.domain;
  const [nx, ny] = coarse ? [48, 36] : [96, 72];
  const [columns, rows] = [nx + 3, ny + 3];
  const values = new Float64Array(columns * rows);
  let low = Infinity; // within the box, so that the levels are the same for coarse and fine
  let high = -Infinity;
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const value = landscape.f(settings, x0 + ((x1 - x0) * (i - 1)) / nx, y1 - ((y1 - y0) * (j - 1)) / ny);
      values[j * columns + i] = value;
      if (i < 1 || j < 1 || i > nx + 1 || j > ny + 1) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const top = Math.log1p(high - low);
  const thresholds = range(LEVELS).map((k) => low + Math.expm1((top * k) / LEVELS));
  const sx = (box.right - box.left) / nx;
  const sy = (box.bottom - box.top) / ny;
  const ringOf = (/** @type {number[][]} */ ring) =>
    `M${ring.map(([x, y]) => point(box.left + (x - 1.5) * sx, box.top + (y - 1.5) * sy)).join("")}Z`;
  const numbers = /** @type {number[]} */ (/** @type {unknown} */ (values)); // d3's types know no typed arrays
  const filled = contours().size([columns, rows]).thresholds(thresholds)(numbers);
  const shapes = filled.map(({ coordinates }, k) => {
    const contour = shape("contour", coordinates.flat().map(ringOf).join(""));
    contour.style.setProperty("--height", `${(100 * k) / (LEVELS - 1)}%`);
    return contour;
  });
  return [svg("svg", cut(box), ...shapes), svg("rect", { class: "ol-frame", ...area(box) })];
}

/**
 * A star where a minimum is.
 *
 * @param {number} x
 * @param {number} y
 */
export function starAt(x, y) {
  const corner = (/** @type {number} */ k) => {
    const a = -Math.PI / 2 + (k * Math.PI) / 5;
    const r = k % 2 ? 3 : 7.5;
    return point(x + r * Math.cos(a), y + r * Math.sin(a));
  };
  return svg("polygon", { class: "ol-star", points: range(10).map(corner).join("") });
}
