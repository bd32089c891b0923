import assert from "node:assert/strict";
import { hopOf, wholeWay } from "../../../provider/ssh/jumps";

/** The way to a host, by what ssh_config says of each. */
function way(to: string, jumps: Readonly<Record<string, string>>): string {
  const jumpsOf = (host: string) => (jumps[host] ?? "").split(",").filter(Boolean).map(hopOf);
  return wholeWay({ host: to }, jumpsOf(to), ({ host }) => jumpsOf(host))
    .map(({ host }) => host)
    .join(" ");
}

describe("jump hosts", () => {
  it("are read as ProxyJump has them", () => {
    assert.deepEqual(hopOf("a"), { host: "a" });
    assert.deepEqual(hopOf("me@corp@a:22"), { host: "a", user: "me@corp", port: 22 });
    assert.deepEqual(hopOf("[::1]:2222"), { host: "::1", port: 2222 });
  });

  it("may have jump hosts of their own; only the nearest one's count, as with ssh -J", () => {
    assert.equal(way("x", {}), "");
    assert.equal(way("x", { x: "a" }), "a");
    assert.equal(way("x", { x: "p,q", p: "o", q: "never", o: "m,n", n: "never" }), "m n o p q");
  });

  it("in a circle are named", () => {
    const circle = /ProxyJump of ssh_config goes in a circle: /;
    assert.throws(() => way("x", { x: "a", a: "b", b: "a" }), circle);
    assert.throws(() => way("x", { x: "a", a: "b", b: "a" }), /: x → a → b → a$/);
    // "Host *" with one jump host for all, and so for itself.
    assert.throws(() => way("x", { x: "a", a: "a" }), /: x → a → a$/);
    assert.throws(() => way("x", { x: "x" }), /: x → x$/);
  });

  it("without an end are bounded", () => {
    const endless = new Proxy({}, { get: (_, host) => `${String(host)}1` });
    assert.throws(() => way("x", endless), /more than 16 jump hosts on the way: x → x1 → x11 →/);
  });
});
