/** Frames of Pulumi and of the class that calls it, and three that are kept: the program's own are among them. */
const FRAMES = 5 + 3;

/**
 * Until the answer is called, stack traces are short, or none. Pulumi makes four promises for each
 * property of a resource and notes for each where it was made, through ts-node's source maps: 20 ms for a
 * link's 35 properties, and only its report of leaked promises reads it. And it saves with each resource
 * the whole stack above it, of which all but the program's own line is the loader's: a third of what
 * a link has in the state, which the engine writes anew at every step.
 */
export function withShortTraces(): () => void {
  const { stackTraceLimit } = Error;
  const setTo = (value: number): void => {
    const how = { configurable: true, enumerable: true, writable: true };
    Object.defineProperty(Error, "stackTraceLimit", { ...how, value });
  };
  // V8 takes no trace while this is not a plain number; Pulumi asks for the whole one by setting it.
  Object.defineProperty(Error, "stackTraceLimit", {
    configurable: true,
    enumerable: true,
    get: () => 0,
    set: () => setTo(FRAMES),
  });
  return () => setTo(stackTraceLimit);
}
