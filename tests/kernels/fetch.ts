/** Has the kernels that the tests boot, from Debian's packages: in the sandbox, where they run, no mirror is reached. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PACKAGES } from "./kernels";

const SCRIPT = join(__dirname, "../../scripts/under-kernel");

// What cannot be had is told by the tests that want it.
for (const name of Object.values(PACKAGES))
  spawnSync(SCRIPT, ["--fetch", name], { stdio: ["ignore", "ignore", "inherit"] });
