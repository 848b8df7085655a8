// Lines against a common axis, as in the loss, the signals and the curves.

import { axisX, axisY } from "./axes.js";
import { cut, svg, words } from "./dom.js";
import { curve } from "./lines.js";
import { extent, scale } from "./scale.js";

/** @import { Box, Interval, Line, Series } from "../types.js" */
/** @import { Panel } from "./panel.js" */

/**
 * Draw lines in a panel.
 *
 * @param {Panel} panel
 * @param {object} drawing
 * @param {Series[]} drawing.series
 * @param {{ extent: Interval, log?: boolean }} drawing.x
 * @param {string} drawing.xLabel
 * @param {string} drawing.yLabel
 * @param {boolean} [drawing.logY]
 * @param {{ lines: Line[], key: string }} [drawing.references] thin lines, drawn anew with another key
 * @param {number} drawing.cursor the point of each line that is marked
 * @param {number} [drawing.cap] what is larger does not count for the axis
 */
export function drawSeries(
  panel,
  { series, x, xLabel, yLabel, logY = false, references, cursor, cap = Infinity },
) {
  const box = panel.within;
  if (!box) return;
  const thin = references?.lines ?? [];
  let [low, high] = extent(
    [...series, ...thin].map((line) => line.ys),
    logY,
    Math.min(cap, Number.MAX_VALUE),
  );
  if (high > cap) high = cap;
  if (logY && high / low > 1e20) low = high / 1e20;
  const ys = scale(low, high, box.bottom, box.top, logY);
  const xs = scale(...x.extent, box.left, box.right, x.log);
  panel.once("x", [...x.extent, x.log], () => axisX(box, xs, xLabel));
  panel.once("y", [low, high, logY], () => axisY(box, ys, yLabel));
  if (references?.lines.length) {
    panel.once("references", [low, high, ...x.extent, references.key], () => [
      svg(
        "svg",
        cut(box),
        ...thin.flatMap((line) => referenceOf(box, line.label, xs.all(line.xs), ys.all(line.ys))),
      ),
    ]);
  }
  panel.lines.begin();
  for (const line of series) {
    const points = { xs: xs.all(line.xs, line.ys.length), ys: ys.all(line.ys) };
    panel.lines.draw(line.r, line.style, { ...points, at: cursor, size: 4 });
  }
  panel.lines.end();
}

/**
 * @param {Box} box
 * @param {string} label
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 */
function referenceOf(box, label, xs, ys) {
  const end = ys[ys.length - 1];
  return [
    curve("reference", xs, ys),
    words(label, box.right - 4, end < box.top + 16 ? end + 13 : end - 6, "end"),
  ];
}

/**
 * The numbers of n steps.
 *
 * @param {number} n
 * @param {number} first
 */
export function counted(n, first) {
  const steps = new Float64Array(n);
  for (let i = 0; i < n; i++) steps[i] = first + i;
  return steps;
}
