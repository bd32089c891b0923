import { execFileSync } from "node:child_process";

/** The interpreter itself: behind `python3` may stand a script that takes longer than a test. */
export const PYTHON = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], {
  encoding: "utf8",
}).trim();
