/** What a test opens and must not leave open. */
interface Open {
  close(): Promise<void>;
}

/** Closes after each test of the suite what was opened in it, the last one first: `const opened = useOpened()`. */
export function useOpened(): <T extends Open>(opening: T | Promise<T>) => Promise<T> {
  const open: Open[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });
  return async (opening) => {
    const opened = await opening;
    open.push(opened);
    return opened;
  };
}
