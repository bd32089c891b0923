/** The handlers of a set of links, which is worked on as its links are, many at once. */
export { checkSetInputs } from "./check";
export { createSet } from "./create";
export { deleteSet } from "./delete";
export { diffSetInputs } from "./diff";
export { readSet } from "./read";
export { updateSet } from "./update";
