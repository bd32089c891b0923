import type { Frames } from "../../provider/link/reach";
import type { Heard } from "./measure";
import type { Station } from "./stations";

type Name = Pick<Station, "name">;

/** Which of the frames that were sent came where they should. */
export class HeardFrames {
  readonly #broadcasts = new Map<string, ReadonlySet<string>>();
  readonly #unicasts = new Map<string, readonly string[]>();
  /** Frames that somebody heard to whom they were not addressed. */
  readonly strange: { readonly from: string; readonly to: string; readonly by: string }[] = [];

  constructor({ frames }: Heard) {
    for (const [from, to, by] of frames) {
      const names = by.filter(([, strange]) => !strange).map(([name]) => name);
      if (new Set(names).size < names.length) throw new Error(`A frame of ${from} came twice`);
      if (to === null) this.#broadcasts.set(from, new Set(names));
      else this.#unicasts.set(`${from} > ${to}`, names);
      for (const [name, strange] of by)
        if (strange && to !== null) this.strange.push({ from, to, by: name });
    }
  }

  between({ name: from }: Name, { name: to }: Name): Frames {
    const unicast = this.#unicasts.get(`${from} > ${to}`);
    if (unicast === undefined) throw new Error(`${from} sent ${to} no frame`);
    return { broadcast: this.#heardBroadcast(from, to), unicast: unicast.includes(to) };
  }

  hearsItself({ name }: Name): boolean {
    return this.#heardBroadcast(name, name);
  }

  #heardBroadcast(from: string, to: string): boolean {
    const heard = this.#broadcasts.get(from);
    if (heard === undefined) throw new Error(`${from} sent no broadcast`);
    return heard.has(to);
  }
}
