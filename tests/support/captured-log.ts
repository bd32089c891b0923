/** What handlers say to the user beside their answer, line by line. */
export async function capturedLog(work: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string): void => void lines.push(line);
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines;
}
