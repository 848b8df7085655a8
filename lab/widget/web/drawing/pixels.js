// A picture of coloured cells.

import { area, make, svg } from "./dom.js";

/** @import { Box } from "../types.js" */

/** By rising lightness, for every kind of sight: some stations of matplotlib's cividis, in [red, green, blue]. */
const STATIONS = [
  [0, 34, 78],
  [53, 69, 108],
  [102, 105, 112],
  [148, 142, 119],
  [200, 184, 102],
  [254, 232, 56],
];

/**
 * From dark blue to yellow.
 *
 * @param {number} t from 0 to 1
 */
function cividis(t) {
  const at = Math.min(0.9999, Math.max(0, t)) * (STATIONS.length - 1);
  const k = Math.floor(at);
  const f = at - k;
  return STATIONS[k].map((c, j) => Math.round(c + (STATIONS[k + 1][j] - c) * f));
}

/**
 * A picture of a few pixels, as large as a box; the colour of each is that of a share from 0 to 1, and clear where there is none.
 *
 * @param {Box} box
 * @param {number} columns
 * @param {number} rows
 * @param {(i: number, j: number) => number} share
 */
export function pixels(box, columns, rows, share) {
  const data = new ImageData(columns, rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const part = share(i, j);
      if (Number.isFinite(part)) data.data.set([...cividis(part), 255], 4 * (j * columns + i));
    }
  }
  const canvas = make("canvas", { width: columns, height: rows });
  canvas.getContext("2d")?.putImageData(data, 0, 0);
  return svg("image", {
    class: "ol-pixels",
    ...area(box),
    href: canvas.toDataURL(),
    preserveAspectRatio: "none",
  });
}
