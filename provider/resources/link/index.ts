/**
 * A link's handlers as they are called. Those that speak with a host do their work anew when the
 * connection breaks under it: each begins with a look at what is there.
 */
import { againAfterLoss } from "../../host/after-loss";
import type { CreateRequest, DeleteRequest, ReadRequest, UpdateRequest } from "../../request";
import { createLink as create } from "./create";
import { deleteLink as deleteOnce } from "./delete";
import { readLink as read } from "./read";
import { operationOn } from "./refused";
import { updateLink as update } from "./update";

export { checkLinkInputs } from "./check";
export { diffLinkInputs } from "./diff";

export function createLink(request: CreateRequest): ReturnType<typeof create> {
  return againAfterLoss(operationOn("create", request.inputs), () => create(request));
}

export function updateLink(request: UpdateRequest): ReturnType<typeof update> {
  return againAfterLoss(operationOn("update", request.inputs), () => update(request));
}

export function deleteLink(request: DeleteRequest): ReturnType<typeof deleteOnce> {
  return againAfterLoss(operationOn("delete", request.state), () => deleteOnce(request));
}

export function readLink(request: ReadRequest): ReturnType<typeof read> {
  const { id, state } = request;
  const operation = state.kind === undefined ? `read ${id}` : operationOn("read", state);
  return againAfterLoss(operation, () => read(request));
}
