// A lab in a live notebook: each setting is a trait of the widget's model, and both sides follow each other.

import "./element/element.js";

/** @import { Model } from "./types.js" */
/** @import { OptimizerLab } from "./element/element.js" */

const SAVING = 60; // milliseconds in which changes gather before the kernel is told

/**
 * What anywidget calls for each place where a widget is shown.
 *
 * @param {{ model: Model, el: HTMLElement }} place
 */
function render({ model, el }) {
  const lab = /** @type {OptimizerLab} */ (document.createElement("optimizer-lab"));
  // A second copy of this module finds the element defined by the first, and is content with it.
  const Defined = customElements.get("optimizer-lab");
  if (!Defined || !(lab instanceof Defined)) throw new Error("optimizer-lab could not be defined");
  const spec = model.get("spec");
  const names = Object.keys(spec.settings);
  const settings = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  lab.model = model;
  lab.spec = { ...spec, settings, computed: model.get("computed") };

  el.dataset.lmSuppressShortcuts = "true";
  // Or the notebook takes the arrow keys.
  for (const type of ["keydown", "keyup"]) el.addEventListener(type, (event) => event.stopPropagation());

  /** @type {ReturnType<typeof setTimeout> | null} */
  let saving = null;
  lab.changed = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    if (saving) return;
    saving = setTimeout(() => {
      saving = null;
      model.save_changes();
    }, SAVING);
  };
  const pull = () => {
    const changed = names.filter((name) => String(model.get(name)) !== String(lab.values[name]));
    if (changed.length)
      lab.set(Object.fromEntries(changed.map((name) => [name, structuredClone(model.get(name))])));
  };
  for (const name of names) model.on(`change:${name}`, pull);
  model.on("change:computed", () => {
    lab.computed = model.get("computed");
    lab.set({});
  });
  el.append(lab);
}

export default { render };
