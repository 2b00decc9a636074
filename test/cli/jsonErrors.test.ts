import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../cli/commands.js";
import { acme, person } from "../lifecycle/support.js";
import { office } from "./support.js";

/* With --json, stdout is exactly one JSON document, whatever fails, in every command. */

const o = office(acme);

const kinds = [
  "wrong option",
  "missing value",
  "one argument too many",
  "no key",
  "rejected key",
  "service down",
  "no service",
  "no project",
  "no stack",
  "no CLI",
] as const;
type Kind = (typeof kinds)[number];

/** What each command needs to come to the failure. */
const args: Record<string, string[]> = {
  import: ["acme", "--out", "out"],
  access: ["acme", "--live"],
  status: ["--organization", "acme"],
  drift: ["--state", "state.json"],
  review: [],
  rehearse: [],
  resend: ["acme", person("ada")],
  "transfer-ownership": ["acme", "--to", person("ada"), "--yes"],
  leave: ["acme", "--yes"],
  doctor: [],
  probe: [],
  completion: ["bash"],
};
const ofProject = ["access", "status", "drift", "review", "rehearse"];
/** Commands that read the stack even where a key is set. */
const ofStack = [...ofProject];
const needsKey = Object.keys(args).filter((name) => !["review", "rehearse", "doctor", "completion"].includes(name));

/** The code of the error, or the exit code of a command with a document of its own; neither where it does not fail so. */
interface Expected {
  code?: string;
  result?: number;
}

function expected(name: string, kind: Kind): Expected {
  if (["wrong option", "missing value", "one argument too many"].includes(kind)) return { code: "AVALA_USAGE" };
  if (name === "completion") return {};
  if (name === "doctor") return ["no project", "no stack", "no CLI"].includes(kind) ? {} : { result: 1 };
  if (kind === "no project") return ofProject.includes(name) ? { code: "AVALA_USAGE" } : {};
  if (kind === "no stack" || kind === "no CLI") return ofStack.includes(name) ? { code: "AVALA_STACK" } : {};
  if (!needsKey.includes(name)) return {};
  const codes = {
    "no key": "AVALA_CONFIG",
    "rejected key": "AVALA_UNAUTHORIZED",
    "service down": "AVALA_TRANSPORT",
    "no service": "AVALA_UNEXPECTED_STATUS",
  };
  return { code: codes[kind as keyof typeof codes] };
}

function given(name: string, kind: Kind): { args: string[]; env: Record<string, string> } {
  const own = args[name]!;
  const project = [name, "--cwd", "project"];
  switch (kind) {
    case "wrong option":
      return { args: [name, ...own, "--nope"], env: {} };
    case "missing value":
      return { args: [name, ...own, name === "completion" ? "--nope" : "--stack"], env: {} };
    case "one argument too many":
      return { args: [name, ...own, "one", "two", "three"], env: {} };
    case "no key":
      return { args: [name, ...own], env: { AVALA_API_KEY: "", AVALA_BASE_URL: "" } };
    case "rejected key":
      return { args: [name, ...own], env: { AVALA_API_KEY: "avk_of-nobody-8Zq1" } };
    case "service down":
      return { args: [name, ...own], env: { AVALA_BASE_URL: "http://127.0.0.1:1/api/v1" } };
    case "no service":
      return { args: [name, ...own], env: { AVALA_BASE_URL: o.emulator.url.replace(/\/api\/v1$/, "") } };
    case "no project":
      return { args: [name], env: {} };
    case "no stack":
      return { args: project, env: { PATH: `${join(o.desk.folder, "bin")}:${process.env["PATH"]}` } };
    case "no CLI":
      return { args: project, env: { PATH: "/nonexistent" } };
  }
}

beforeAll(() => {
  for (const name of ["project", "bin"]) mkdirSync(join(o.desk.folder, name), { recursive: true });
  writeFileSync(join(o.desk.folder, "project/Pulumi.yaml"), "name: p\nruntime: nodejs\n");
  const fake = `#!/bin/sh\n[ "$1" != version ] || { echo v3.259.0; exit; }\necho "error: no stack selected" >&2\nexit 255\n`;
  writeFileSync(join(o.desk.folder, "bin/pulumi"), fake, { mode: 0o755 });
  const id = "00000ace-0000-4000-8000-000000000000";
  const urn = "urn:pulumi:dev::app::pulumi-nodejs:dynamic/avala:Organization::acme";
  const row = { urn, type: "pulumi-nodejs:dynamic/avala:Organization", custom: true, id, outputs: { name: "Acme" } };
  const state = JSON.stringify({ version: 3, deployment: { resources: [row] } });
  writeFileSync(join(o.desk.folder, "state.json"), state);
});

it("the table has every command", () => {
  expect(Object.keys(args).toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
});

const cells = Object.keys(args).flatMap((name) => kinds.map((kind) => ({ name, kind, ...expected(name, kind) })));

async function failed(name: string, kind: Kind) {
  const { args: typed, env } = given(name, kind);
  const ended = await o.desk.run([...typed.slice(0, 1), "--json", ...typed.slice(1)], { env });
  expect(ended.stdout + ended.stderr).not.toMatch(/\bat .*\.js|avk_/);
  expect(await o.emulator.writes()).toEqual([]);
  return { ...ended, document: JSON.parse(ended.stdout) as { error?: Record<string, string>; ok?: boolean } };
}

it.each(cells.filter(({ code }) => code !== undefined))("$name, $kind: $code", async ({ name, kind, code }) => {
  const { code: exit, document, stderr } = await failed(name, kind);
  const text = expect.stringMatching(/./) as string;
  expect([exit, document]).toEqual([1, { error: { code, message: text, fix: text } }]);
  expect(stderr).toContain(`${document.error!["message"]} ${document.error!["fix"]} [${code}]\n`);
});

it.each(cells.filter(({ result }) => result !== undefined))(
  "$name, $kind: its own document, with exit code $result",
  async ({ name, kind, result }) => {
    const { code, document } = await failed(name, kind);
    expect([code, document]).toEqual([result, expect.objectContaining({ ok: false })]);
  },
);

it.each([
  [["--json"]],
  [["--json", "status"]],
  [["--json", "stauts"]],
  [["stauts", "--json"]],
  [["help", "stauts", "--json"]],
  [["version", "more", "--json"]],
  [["status", "--json=true"]],
  [["status", "--json=1", "--nope"]],
])("%j is an error of usage as JSON", async (typed) => {
  const { code, stdout } = await o.desk.run(typed);
  expect([code, JSON.parse(stdout)]).toEqual([
    1,
    { error: expect.objectContaining({ code: "AVALA_USAGE" }) as object },
  ]);
});
