// Elements of the page and of its drawings. Drawings are SVG: the browser paints it beside the page's own thread, and prints it sharp.
// Colours and widths are in lab.css. Inside a panel lengths are in tenths of a pixel, where the reader's text has its usual size: whole
// numbers become text ten times faster than others.

/** @import { Box } from "../types.js" */

/** @param {number} x */
export const tenths = (x) => Math.round(10 * x);

/**
 * An element with properties and children.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<Record<keyof HTMLElementTagNameMap[Tag], unknown>>} properties
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * An element of a drawing, with attributes and children.
 *
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 * @param {Node[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  put(element, attributes);
  element.append(...children);
  return element;
}

/**
 * Set attributes, but not those that are as wanted: each one set has the page painted anew.
 *
 * @param {Element} element
 * @param {Record<string, string | number>} attributes
 */
export function put(element, attributes) {
  for (const name in attributes) {
    const value = String(attributes[name]);
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/**
 * A path of a class of its own.
 *
 * @param {string} name
 * @param {string} d
 */
export const shape = (name, d = "") => svg("path", { class: `ol-${name}`, d });

/**
 * Text at a point.
 *
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {"start" | "middle" | "end"} anchor
 */
export function words(text, x, y, anchor) {
  const element = svg("text", { class: "ol-words", x: tenths(x), y: tenths(y), "text-anchor": anchor });
  element.textContent = text;
  return element;
}

/**
 * Where a box of a panel lies, as attributes.
 *
 * @param {Box} box
 */
export const area = ({ left, top, right, bottom }) => ({
  x: tenths(left),
  y: tenths(top),
  width: tenths(right - left),
  height: tenths(bottom - top),
});

/**
 * Attributes of an <svg> within a panel that cuts off what is outside a box, and measures as the panel does.
 *
 * @param {Box} box
 */
export const cut = (box) => ({ ...area(box), viewBox: Object.values(area(box)).join(" ") });
