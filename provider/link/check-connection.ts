import {
  checkFields,
  CONNECTION_FIELDS,
  FIELD_NAMES,
  isGiven,
  type ConnectionField,
} from "./connection-fields";
import { hostName } from "./connection-values";
import type { Connection } from "./model";
import type { Fail } from "./value-type";

const PATH = "connection";
const SSH_FIELDS = FIELD_NAMES.filter((field) => CONNECTION_FIELDS[field].of !== "agent");

/**
 * How the host is reached; nothing for this machine as the user who runs Pulumi. No failure shows a
 * value, and none is of `connection` itself: beside that, the engine would print all that is in it.
 */
export function checkConnection(given: unknown, fail: Fail): Connection | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === "string") {
    const host = hostName.parse(given, `${PATH}.host`, fail);
    return host === undefined ? undefined : { host };
  }
  if (typeof given !== "object" || Array.isArray(given)) {
    const meant = '{ host: "hv1.example.net" }, or leave it out for this machine';
    fail(`${PATH}.host`, `It is in no connection; write connection: ${meant}`);
    return undefined;
  }
  const connection = checkFields(given, PATH, FIELD_NAMES, fail) as Connection;
  // Of a launcher that is wrong itself nobody knows what it takes.
  if (isGiven(given, "launcher") === (connection.launcher !== undefined))
    refuseWhatIsNotTaken(given, connection, fail);
  return Object.keys(connection).length === 0 ? undefined : connection;
}

function refuseWhatIsNotTaken(given: object, { launcher }: Connection, fail: Fail): void {
  const refuse = (field: ConnectionField, reason: string): void => {
    if (isGiven(given, field)) fail(`${PATH}.${field}`, reason);
  };
  if (typeof launcher === "object") {
    if (!isGiven(given, "id"))
      fail(
        `${PATH}.id`,
        "It is required beside a launcher's command, which does not name the host",
      );
    for (const field of SSH_FIELDS.filter((each) => each !== "launcher"))
      refuse(field, "The launcher's command alone says how the host is reached; leave it out");
  } else if (!isGiven(given, "host")) {
    for (const field of SSH_FIELDS)
      refuse(
        field,
        "Without connection.host this machine is meant, which needs no SSH; leave it out or name the host",
      );
  } else if (launcher === "openssh") {
    for (const field of SSH_FIELDS) {
      const { insteadForOpenssh } = CONNECTION_FIELDS[field];
      if (insteadForOpenssh !== undefined)
        refuse(field, `The system's ssh cannot be given it; ${insteadForOpenssh}`);
    }
  }
}
