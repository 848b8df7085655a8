// What a lab has been set to, in the address of the page: ?lab-2=lr:0.1,start:-3;2,step:40,off:1

/** @import { OptimizerLab } from "./element.js" */

/** Settings that are whole numbers. */
const WHOLE = ["steps", "m", "seed"];

/**
 * What differs from the settings at the start, as text.
 *
 * @param {OptimizerLab} lab
 */
export function stateOf(lab) {
  const parts = Object.entries(lab.values)
    .filter(([name, value]) => String(value) !== String(lab.spec.settings[name]))
    .map(([name, value]) => `${name}:${[value].flat().join(";")}`);
  if (lab.step !== lab.view.length) parts.push(`step:${lab.step}`);
  if (lab.muted.size) parts.push(`off:${[...lab.muted].join(";")}`);
  return parts.join(",");
}

/**
 * Take over what the address says of a lab, as far as it makes sense.
 *
 * @param {OptimizerLab} lab
 */
export function restore(lab) {
  const { values, view, spec } = lab;
  const given = new URLSearchParams(location.search).get(lab.name) ?? "";
  for (const part of given.split(",")) {
    const [name, text = ""] = part.split(":");
    const numbers = text.split(";").map(Number);
    if (!numbers.every(Number.isFinite)) continue;
    const [number] = numbers;
    if (name === "step") lab.step = Math.max(0, Math.round(number));
    else if (name === "off") for (const r of numbers.filter((r) => r in lab.runs)) lab.muted.add(r);
    else if (name === "start" && view.inside && numbers.length === values.start.length)
      values.start = view.inside(numbers);
    else if (typeof values[name] === "number" && !lab.outside(name, number, -Infinity, Infinity)) {
      values[name] =
        Number.isInteger(spec.settings[name]) && WHOLE.includes(name) ? Math.round(number) : number;
    }
  }
  if (!given.includes("step:")) lab.step = view.length;
  lab.step = Math.min(lab.step, view.length);
}

/**
 * The page's address, with what a lab has been set to.
 *
 * @param {OptimizerLab} lab
 */
export function addressOf(lab) {
  const url = new URL(location.href);
  const state = stateOf(lab);
  if (state) url.searchParams.set(lab.name, state);
  else url.searchParams.delete(lab.name);
  url.search = decodeURIComponent(url.search); // : ; and , are fine in a query, and a reader can read them
  return url;
}

/**
 * Copy the address of a lab, and say on the button that it is done.
 *
 * @param {OptimizerLab} lab
 * @param {HTMLButtonElement} button
 */
export async function copyLink(lab, button) {
  const url = addressOf(lab);
  url.hash = lab.id;
  let done = "Copied";
  try {
    await navigator.clipboard.writeText(url.href);
  } catch {
    done = "It is in the address bar"; // the browser lets no page write to the clipboard here
    history.replaceState(history.state, "", url);
  }
  button.textContent = done;
  setTimeout(() => {
    button.textContent = "Copy link";
  }, 2000);
}
