/**
 * What Pulumi saves of the provider is one `require`, whichever way the package was installed, and
 * it resolves in each of them. State saved in one layout must work in the others.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { type SavedResource, PulumiProject } from "../support/pulumi-project";

const ROOT = join(__dirname, "../..");

const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const DEPENDENCIES = Object.keys(dependencies).filter((name) => !name.startsWith("@pulumi/"));

const program = `
  const { Macvlan } = require("pulumi-macvlan");
  exports.mac = new Macvlan("one", { lowerDevice: "saved0" }).macAddress;
`;

/** The package as npm would publish it, unpacked. */
function unpack(into: string): void {
  mkdirSync(into, { recursive: true });
  const pack = ["pack", "--silent", "--pack-destination", dirname(into)];
  const name = execFileSync("npm", pack, { cwd: ROOT, encoding: "utf8" }).trim();
  const tarball = join(dirname(into), name);
  execFileSync("tar", ["-xzf", tarball, "-C", into, "--strip-components", "1"]);
  rmSync(tarball);
}

/** Each puts the package where `modules`, the program's own node_modules, finds it. */
const LAYOUTS: Readonly<Record<string, (modules: string) => void>> = {
  "an npm tarball": (modules) => {
    unpack(join(modules, "pulumi-macvlan"));
    // What npm would have installed beside it.
    for (const name of DEPENDENCIES)
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  },
  pnpm: (modules) => {
    const store = ".pnpm/pulumi-macvlan@0.1.0_abc/node_modules";
    unpack(join(modules, store, "pulumi-macvlan"));
    for (const name of ["@pulumi", ...DEPENDENCIES]) {
      symlinkSync(join(ROOT, "node_modules", name), join(modules, store, name));
    }
    symlinkSync(join(store, "pulumi-macvlan"), join(modules, "pulumi-macvlan"));
  },
  "a workspace's link": (modules) => {
    const workspace = join(modules, "../..");
    mkdirSync(join(workspace, "node_modules"));
    symlinkSync(ROOT, join(workspace, "node_modules/pulumi-macvlan"));
  },
  "this repository's link to itself": (modules) => {
    symlinkSync(join(ROOT, "node_modules/pulumi-macvlan"), join(modules, "pulumi-macvlan"));
  },
};

describe("the provider that Pulumi saves", function () {
  this.timeout(120_000);
  const saved = new Set<unknown>();

  before(() => {
    execFileSync("ip", "link add saved0 up type veth peer name saved1".split(" "));
  });
  after(() => {
    execFileSync("ip", ["link", "delete", "saved0"]);
  });

  for (const [name, arrange] of Object.entries(LAYOUTS)) {
    it(`is found from ${name}`, async () => {
      const project = await PulumiProject.create({ program });
      try {
        rmSync(join(project.folder, "node_modules/pulumi-macvlan"));
        arrange(join(project.folder, "node_modules"));
        const up = await project.up();
        assert.equal(up.status, 0, up.stdout + up.stderr);
        const link = theLink((await project.export()).resources);
        saved.add(link.inputs?.["__provider"]).add(link.outputs?.["__provider"]);
        const destroyed = await project.destroy();
        assert.equal(destroyed.status, 0, destroyed.stdout + destroyed.stderr);
      } finally {
        project.remove();
      }
    });
  }

  it("is the same short text in all of them", () => {
    assert.equal(saved.size, 1);
    const [text] = saved;
    assert.equal(text, 'exports.handler=()=>require("pulumi-macvlan/provider/dynamic")');
  });

  it("has a path that the package exports", () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      exports: Record<string, unknown>;
    };
    assert.ok("./provider/dynamic" in exports);
  });
});

function theLink(resources: readonly SavedResource[]): SavedResource {
  const link = resources.find(({ type }) => type.endsWith(":Macvlan"));
  assert.ok(link !== undefined);
  return link;
}
