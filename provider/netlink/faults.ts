const malformed = "pulumi-macvlan/malformed-netlink-message";
const unencodable = "pulumi-macvlan/unencodable-netlink-value";

/** Bytes that are not what the format promises. Decoding throws nothing else. */
export class MalformedMessage extends Error {
  /** Recognises the error across copies of this module, where `instanceof` fails. */
  readonly brand = malformed;
  override readonly name = "MalformedMessage";

  constructor(
    /** Dotted path of the attribute, such as `IFLA_LINKINFO.IFLA_INFO_KIND`; empty in a header. */
    readonly attribute: string,
    /** Where the fault is, counted from the start of the buffer that was given to be decoded. */
    readonly offset: number,
    problem: string,
  ) {
    super(`${attribute === "" ? "Netlink message" : attribute} at byte ${offset}: ${problem}`);
  }
}

/** A value that its attribute has no bytes for: a fault of the caller, found before sending. */
export class UnencodableValue extends Error {
  readonly brand = unencodable;
  override readonly name = "UnencodableValue";

  constructor(
    /** Dotted path of the attribute. */
    readonly attribute: string,
    problem: string,
  ) {
    super(`${attribute === "" ? "Netlink message" : attribute}: ${problem}`);
  }
}

export function isMalformedMessage(error: unknown): error is MalformedMessage {
  return hasBrand(error, malformed);
}

export function isUnencodableValue(error: unknown): error is UnencodableValue {
  return hasBrand(error, unencodable);
}

function hasBrand(error: unknown, brand: string): boolean {
  return typeof error === "object" && error !== null && "brand" in error && error.brand === brand;
}
