/**
 * The door that Pulumi saves in the state of every bridge port, as `dynamic.ts` is that of links: its
 * path and the names it exports never change.
 */
import { doorFor } from "./door";
import type { PortInputs } from "./port/model";
import { loadPort, savePort } from "./port/port";
import { createPort, deletePort, readPort, updatePort } from "./resources/bridge-port";
import { checkPortInputs, diffPortInputs } from "./resources/bridge-port/check";

const door = doorFor(
  {
    check: checkPortInputs,
    diff: diffPortInputs,
    create: createPort,
    read: readPort,
    update: updatePort,
    delete: deletePort,
  },
  {
    saveInputs: (inputs) => inputs,
    loadInputs: (saved) => saved as unknown as PortInputs,
    saveState: savePort,
    loadState: loadPort,
  },
);

export const { configure, check, diff, create, update, read } = door;
const deleteResource = door.delete;
export { deleteResource as delete };
