import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lane } from "./part";

const node = process.execPath;

function mocha(...specs: string[]): [string, ...string[]] {
  const reporter = ["--reporter", "scripts/test-run/tally-reporter.ts"];
  return [node, "node_modules/mocha/bin/mocha.js", ...reporter, ...specs];
}

/** As the machine's root, in network and mount namespaces of its own: real links, none of them outside. */
function sandboxed(command: readonly string[]): [string, ...string[]] {
  const asRoot = ["scripts/sandbox", "--root", "--", ...command];
  return process.getuid?.() === 0
    ? ["env", ...asRoot]
    : [
        "sudo",
        "--non-interactive",
        "--preserve-env",
        "env",
        `PATH=${process.env["PATH"] ?? ""}`,
        ...asRoot,
      ];
}

/** What needs neither root nor a kernel; under a minute. */
const CHECK: Lane = [
  {
    name: "types",
    command: [node, "node_modules/typescript/bin/tsc", "--project", "."],
    minutes: 5,
  },
  {
    name: "lint",
    command: [node, "node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."],
    minutes: 5,
  },
  {
    name: "format",
    command: [
      node,
      "node_modules/prettier/bin/prettier.cjs",
      "--check",
      "--log-level",
      "warn",
      ".",
    ],
    minutes: 5,
  },
  {
    name: "unit, property and golden tests",
    command: mocha("tests/{unit,property,golden}/**/*.test.ts"),
    mocha: true,
    minutes: 5,
  },
];

const PROGRAMS = "tests/program";

/** Every sandbox has the machine's /dev, where the tap devices of two would have one name. */
const needsTaps = (file: string): boolean => /\btap|macvtap/i.test(readFileSync(file, "utf8"));

const programs = (withTaps: boolean): string[] =>
  readdirSync(PROGRAMS)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(PROGRAMS, name))
    .filter((file) => needsTaps(file) === withTaps);

/** What makes real links, runs the real agent and the real Pulumi. */
const REAL: Lane = [
  {
    name: "kernel and transport tests",
    command: sandboxed(mocha("tests/{kernel,notes,transport}/**/*.test.ts")),
    mocha: true,
    minutes: 30,
  },
  {
    name: "program tests with tap devices",
    command: sandboxed(mocha(...programs(true))),
    mocha: true,
    minutes: 60,
  },
];

/** By software emulation, which wants all processors; and what a newcomer sees. */
const ALONE: Lane = [
  {
    name: "other kernels",
    command: sandboxed(mocha("tests/kernels/**/*.test.ts")),
    mocha: true,
    minutes: 20,
  },
  { name: "demo", command: ["make", "--no-print-directory", "demo"], minutes: 10 },
];

/** What can run beside that. */
const BESIDE: Lane = [
  ...CHECK,
  {
    name: "program tests without tap devices",
    command: sandboxed(mocha(...programs(false))),
    mocha: true,
    minutes: 30,
  },
];

/** Of each run, what comes one after the other; and of that, what runs side by side. */
export const RUNS: Readonly<Record<string, readonly (readonly Lane[])[]>> = {
  check: [[CHECK]],
  test: [[REAL, BESIDE], [ALONE]],
};
