/** All doors, which are built into one file: what they share, the pool of sessions, must be one per process. */
import * as dynamic from "./dynamic";
import * as bridgePort from "./dynamic-bridge-port";
import * as linkSet from "./dynamic-link-set";

export = { dynamic, "dynamic-bridge-port": bridgePort, "dynamic-link-set": linkSet };
