/**
 * The door that Pulumi saves in the state of every link: `require("pulumi-macvlan/provider/dynamic")`.
 * State saved today loads this module at every refresh and destroy to come, so its path and the
 * names it exports never change.
 */
import { doorFor } from "./door";
import { loadInputs, loadState, saveInputs, saveState } from "./link/saved-form";
import {
  checkLinkInputs,
  createLink,
  deleteLink,
  diffLinkInputs,
  readLink,
  updateLink,
} from "./resources/link";

const door = doorFor(
  {
    check: checkLinkInputs,
    diff: diffLinkInputs,
    create: createLink,
    read: readLink,
    update: updateLink,
    delete: deleteLink,
  },
  { saveInputs, loadInputs, saveState, loadState },
);

export const { configure, check, diff, create, update, read } = door;
const deleteResource = door.delete;
export { deleteResource as delete };
