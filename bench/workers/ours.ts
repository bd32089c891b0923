/** Our two: messages through session and agent, and all that the handlers do. */
import { decodeAnswer } from "../../provider/host/messages";
import { openHost } from "../../provider/host/open-host";
import { nextSequence } from "../../provider/host/step-messages";
import type { Connection } from "../../provider/link/model";
import { NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL } from "../../provider/netlink/constants";
import { IFF_UP, MACVLAN_MODE_BRIDGE } from "../../provider/netlink/link-constants";
import { deleteLink as deletion, getLinkByName, newLink } from "../../provider/netlink/requests";
import { createLink, deleteLink, readLink, updateLink } from "../../provider/resources/link";
import { config, inputsOf, type LinkToMake } from "../links-to-make";
import { GROUP, type LowerDevice } from "../lower-device";
import { CHANGED_MTU, type Hire } from "./worker";

/** One message for each link, as the peers send it, and nothing armed. */
export function sessionAndAgent(connection: Connection = {}): Hire {
  return async ({ lower, links }) => {
    const { session } = await openHost(connection, config);
    const { handle } = await session.open(null);
    const change = async (message: Uint8Array): Promise<void> => {
      const steps = [{ handle, message, inverses: [] }];
      const { datagrams } = await session.change(session.newUndoId(), session.deadlineMs, steps);
      const { errno } = decodeAnswer(datagrams);
      if (errno !== 0) throw new Error(`errno ${errno}`);
    };
    const indexOf = async ({ name }: LinkToMake): Promise<number> => {
      const message = getLinkByName(name, { sequence: nextSequence() });
      const [device] = decodeAnswer(await session.request(handle, message)).devices;
      if (device === undefined) throw new Error(`${name} is not there`);
      return device.ifindex;
    };
    let indexes: readonly number[] = [];
    const attributes = { IFLA_MTU: CHANGED_MTU };
    return {
      create: () => Promise.all(links.map((link) => change(addition(link, lower)))),
      read: async () => (indexes = await Promise.all(links.map(indexOf))),
      change: () =>
        Promise.all(
          indexes.map((index) =>
            change(newLink({ index, attributes }, { sequence: nextSequence() })),
          ),
        ),
      delete: () =>
        Promise.all(indexes.map((index) => change(deletion(index, { sequence: nextSequence() })))),
    };
  };
}

function addition({ name, macAddress }: LinkToMake, lower: LowerDevice): Uint8Array {
  return newLink(
    {
      flags: IFF_UP,
      change: IFF_UP,
      attributes: {
        IFLA_IFNAME: name,
        IFLA_LINK: lower.ifindex,
        IFLA_ADDRESS: macAddress,
        IFLA_GROUP: GROUP,
        IFLA_LINKINFO: {
          IFLA_INFO_KIND: "macvlan",
          IFLA_INFO_DATA: { IFLA_MACVLAN_MODE: MACVLAN_MODE_BRIDGE },
        },
      },
    },
    { sequence: nextSequence(), flags: NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL },
  );
}

/** All that `pulumi` has the provider do, except that the engine asks for fewer at once. */
export function handlers(connection?: Connection): Hire {
  const more = connection === undefined ? {} : { connection };
  return async ({ lower, links }) => {
    const inputs = await Promise.all(links.map((link) => inputsOf({ ...link, ...more }, lower)));
    const changed = await Promise.all(
      links.map((link) => inputsOf({ ...link, ...more, mtu: CHANGED_MTU }, lower)),
    );
    await openHost(connection, config);
    let made: Awaited<ReturnType<typeof createLink>>[] = [];
    return {
      create: async () => {
        made = await Promise.all(inputs.map((each) => createLink({ inputs: each, config })));
      },
      read: () => Promise.all(made.map((each) => readLink({ ...each, config }))),
      change: async () => {
        made = await Promise.all(
          made.map(async ({ id, state }, n) => {
            const wanted = changed[n] ?? raise(id);
            return { id, state: await updateLink({ id, state, inputs: wanted, config }) };
          }),
        );
      },
      delete: () => Promise.all(made.map((each) => deleteLink({ ...each, config }))),
    };
  };
}

function raise(id: string): never {
  throw new Error(`There is no change for ${id}`);
}
