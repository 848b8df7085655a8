// The views by the names that Python gives them. A further one is a file beside these, with a class that is a `View` (types.d.ts), and a
// line here; its twin in lab/widget/ has the same name, and a line in lab/widget/lab.py.
//
// The same methods have the same names on both sides: `compute`, `draw`, `sentence`. JavaScript alone has `table`, the numbers at the
// step shown, and `settle`, for what waits until the hand rests; Python alone has `spec`, which makes the data that the constructor
// gets here, and `run` and `computed`, for what the browser cannot run (lab/widget/views/base.py).

import { CurveView } from "./curve.js";
import { DescentView } from "./descent.js";
import { MapView } from "./map.js";
import { SignalView } from "./signal.js";

/** @import { View } from "../types.js" */
/** @import { OptimizerLab } from "../element/element.js" */

/** @type {Record<string, new (lab: OptimizerLab) => View>} */
export const VIEWS = {
  descent: DescentView,
  map: MapView,
  signal: SignalView,
  curve: CurveView,
};
