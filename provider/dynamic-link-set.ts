/**
 * The door that Pulumi saves in the state of every set of links, as `dynamic.ts` is that of links: its
 * path and the names it exports never change.
 */
import { doorFor } from "./door";
import type { LinkSetInputs } from "./link-set/model";
import { loadState, saveState } from "./link-set/saved-form";
import {
  checkSetInputs,
  createSet,
  deleteSet,
  diffSetInputs,
  readSet,
  updateSet,
} from "./resources/link-set";

const door = doorFor(
  {
    check: checkSetInputs,
    diff: diffSetInputs,
    create: createSet,
    read: readSet,
    update: updateSet,
    delete: deleteSet,
  },
  {
    saveInputs: (inputs) => inputs,
    loadInputs: (saved) => saved as unknown as LinkSetInputs,
    saveState,
    loadState,
  },
);

export const { configure, check, diff, create, update, read } = door;
const deleteResource = door.delete;
export { deleteResource as delete };
