import { join } from "node:path";
import { commands } from "../../cli/commands.js";
import { read } from "../examples/support.js";
import { idOf, organization, organizationMember, Stack, teamMembership, team } from "../support/stack.js";
import { person } from "../lifecycle/support.js";
import { Exported } from "../support/exported.js";
import { previewDocument } from "./previews.js";
import { office } from "./support.js";

const o = office();
const scopes = ["organizations.read", "organizations.write"];

/** Each command: the user of its key, its arguments, and its input. */
const calls: Record<string, { as?: string; args: string[]; stdin?: () => string | Promise<string> }> = {
  import: { args: ["acme", "--out", "out"] },
  access: { args: ["acme", "--live"] },
  status: { args: ["-o", "acme"] },
  drift: { args: ["--state", "-"], stdin: state },
  review: { args: ["-"], stdin: () => JSON.stringify(previewDocument([])) },
  resend: { args: ["acme", person("zoe")] },
  "transfer-ownership": { args: ["acme", "--to", person("ada"), "--yes"] },
  leave: { as: "lee", args: ["acme", "--yes"] },
  doctor: { args: [] },
  probe: { args: [] },
  completion: { args: ["bash"] },
};

/** Needs the engine: `test/engine/rehearse` runs it with a key that may only read. */
const onEngine = ["rehearse"];

/** A state with everything that `drift` compares: the organization, people and a team. */
async function state(): Promise<string> {
  const stack = new Stack(o.emulator.environment());
  await stack.up({
    acme: organization({ name: "Acme", adopt: "acme", description: "robots" }),
    core: team({ organization: idOf("acme"), name: "Core", adopt: "core" }),
    mia: organizationMember({ organization: idOf("acme"), email: person("mia") }),
    membership: teamMembership({ team: idOf("core"), email: person("lee"), role: "lead" }),
  });
  return new Exported(stack).text;
}

/** The scopes that docs/reference/configuration.md names for each command. */
const documented = new Map(
  read("docs/reference/configuration.md")
    .split("\n")
    .filter((line) => line.startsWith("| `pulumi-avala "))
    .map((line) => line.split("|").slice(1, 4))
    .flatMap(([what, ...needed]) =>
      [...what!.matchAll(/`(?:pulumi-avala )?([a-z-]+)`/g)].map(([, name]): [string, string[]] => [
        name!,
        scopes.filter((_, i) => needed[i]!.trim() === "needed"),
      ]),
    ),
);

it("the documents list the scopes of every command", () => {
  const names = commands.map(({ name }) => name).toSorted();
  expect([...documented.keys()].toSorted()).toEqual(names);
  expect([...Object.keys(calls), ...onEngine].toSorted()).toEqual(names);
  expect(documented.get("rehearse")).toEqual(["organizations.read"]);
});

describe.each(Object.entries(calls))("%s", (name, { as = "owner", args, stdin }) => {
  it.each([[[]], [[scopes[0]!]], [[scopes[1]!]], [scopes]])(
    "is refused without the scopes it needs: %j",
    async (granted) => {
      const key = `avk_${granted.join("_")}`;
      await o.emulator.api("POST", "/organizations/acme/invitations/", { email: person("zoe") });
      await o.emulator.addKey(key, person(as), granted);
      const input = await stdin?.();
      await o.emulator.clearLog();
      const before = await o.emulator.state();
      const out = args.map((arg) =>
        arg === "out" ? join(o.desk.folder, `scopes-${granted.length}-${granted[0]}`) : arg,
      );

      const ended = await o.desk.run([name, ...out], { env: { AVALA_API_KEY: key }, ...(input && { stdin: input }) });
      const statuses = (await o.emulator.requests()).map(({ status }) => status);
      const suffices = documented.get(name)!.every((scope) => granted.includes(scope));
      expect([statuses.includes(403), /answered 403/.test(ended.stdout + ended.stderr)]).toEqual([
        !suffices,
        !suffices,
      ]);

      // Only with both scopes is anything changed, and only by commands that change something.
      const changes = documented.get(name)!.includes(scopes[1]!) && suffices;
      const after = await o.emulator.state();
      expect(JSON.stringify(after) !== JSON.stringify(before)).toBe(changes);
    },
  );
});
