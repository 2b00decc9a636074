import {
  Stack,
  idOf,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  invitation,
  type Program,
} from "../support/stack.js";
import { Exported } from "../support/exported.js";
import { acme, person, uids } from "../lifecycle/support.js";
import { office } from "./support.js";

const o = office();

it("tries", async () => {
  const stack = new Stack(o.emulator.environment());
  const program: Program = {
    acme: organization({ name: "Acme", adopt: "acme", description: "robots" }),
    core: team({ organization: idOf("acme"), name: "Core", adopt: "core" }),
    ada: organizationMember({ organization: idOf("acme"), email: person("ada"), role: "admin" }),
    lee: organizationMember({ organization: idOf("acme"), email: person("lee") }),
    zoe: organizationMember({ organization: idOf("acme"), email: person("zoe") }),
    "core/lee": teamMembership({ team: idOf("core"), email: person("lee"), role: "lead" }),
  };
  await stack.up(program);
  const run = (args: string[] = []) =>
    o.desk.run(["drift", "--state", "-", ...args], { stdin: new Exported(stack).text });
  await o.emulator.clearLog();
  let r = await run();
  console.log(r.code, r.stdout, r.stderr, await o.emulator.calls());
  await o.emulator.api("PATCH", "/organizations/acme/teams/core/", { name: "Kern @all | `x`" });
  await o.emulator.api("PATCH", "/organizations/acme/", { description: "toys" });
  await o.emulator.api("POST", "/organizations/acme/teams/", { name: "Extra" });
  await o.emulator.api("POST", "/organizations/acme/invitations/", { email: "new@example.com" });
  r = await run();
  console.log(r.code, r.stdout, r.stderr);
  r = await run(["--markdown"]);
  console.log(r.code, r.stdout, r.stderr);
  r = await run(["--json"]);
  console.log(r.code, r.stdout, r.stderr);
});
