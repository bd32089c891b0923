export { checkLinkInputs } from "./check";
export { createLink } from "./create";
export { deleteLink } from "./delete";
export { diffLinkInputs } from "./diff";
export { readLink } from "./read";
export { updateLink } from "./update";
