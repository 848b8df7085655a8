// The numbers at a step.

import { make } from "../drawing/dom.js";
import { short } from "../drawing/numbers.js";

/** @import { View } from "../types.js" */

/**
 * A view's numbers as a table, in a box that scrolls.
 *
 * @param {ReturnType<View["table"]>} table
 * @param {string} label
 */
export function tableOf({ head, rows }, label) {
  const row = (/** @type {HTMLTableCellElement[]} */ ...cells) => make("tr", {}, ...cells);
  const body = rows.map(([first, ...rest]) =>
    row(heading(first, "row"), ...rest.map((value) => cell("td", value))),
  );
  const table = make(
    "table",
    {},
    make("thead", {}, row(...head.map((text) => heading(text, "col")))),
    make("tbody", {}, ...body),
  );
  const box = make("div", { className: "ol-table", tabIndex: 0 }, table);
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  return box;
}

/**
 * @param {string | number} value
 * @param {"row" | "col"} scope
 */
function heading(value, scope) {
  const element = cell("th", value);
  element.scope = scope;
  return element;
}

/**
 * @param {"th" | "td"} tag
 * @param {string | number} value
 */
function cell(tag, value) {
  if (typeof value === "string") return make(tag, { textContent: value });
  const element = make(tag, { textContent: Number.isFinite(value) ? short(value, 6) : "—" });
  element.dataset.value = String(value);
  return element;
}
