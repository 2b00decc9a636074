import {
  idOf,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../support/stack.js";
import { unreliable } from "../support/unreliable.js";
import { acme, person, s, useService, uids } from "./support.js";

/* A service may change the spelling of uids and times at any time. */

useService();
jest.setTimeout(60_000);

const uid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const time = /"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{3})\d*Z"/g;
const inBerlin = (text: string, milliseconds: string) =>
  new Date(Date.parse(`${text}.${milliseconds}Z`) + 3_600_000).toISOString().replace("Z", "000+01:00");

const spellings: Record<string, (body: string) => string> = {
  "uids in capitals": (body) => body.replace(uid, (found) => found.toUpperCase()),
  "uids without hyphens": (body) => body.replace(uid, (found) => found.replaceAll("-", "")),
  "times with an offset and six digits": (body) =>
    body.replace(time, (_, text: string, milliseconds: string) => `"${inBerlin(text, milliseconds)}"`),
  both: (body) =>
    body
      .replace(uid, (found) => found.replaceAll("-", "").toUpperCase())
      .replace(time, (_, text: string, milliseconds: string) => `"${text}.${milliseconds}999+00:00"`),
};

const program: Program = {
  acme: organization({ adopt: uids.acme, name: "Acme", description: "Robots" }),
  zoe: organizationMember({ organization: idOf("acme"), email: person("zoe"), onDestroy: "remove" }),
  mia: organizationMember({ organization: idOf("acme"), email: person("mia"), role: "admin", onDestroy: "retain" }),
  blue: team({ organization: idOf("acme"), name: "Blue" }),
  miaInBlue: teamMembership({ team: idOf("blue"), user: uids.mia, role: "lead" }),
  core: teamRoster({ team: `${uids.acme}/${uids.core}`, members: { [person("lee")]: "lead" } }),
};

/** Writes without the uids that the service has generated in this run. */
const shown = (writes: string[]) => writes.map((write) => write.replace(/(?<=invitations\/)[^/]+/, "uid"));

/** The service's data afterwards, without generated uids. */
const held = async () => {
  const { organizations } = await s.emulator.state();
  return JSON.stringify(organizations)
    .replace(uid, "uid")
    .replace(time, '"time"')
    .replace(/"token":"[^"]+"/g, "");
};

let between: Awaited<ReturnType<typeof unreliable>>;
beforeEach(async () => {
  between = await unreliable(s.emulator.url);
});
afterEach(() => between.close());

describe.each(Object.entries(spellings))("%s", (_, respelt) => {
  const respelling = () => {
    between.expect({ on: /./, fate: respelt, times: Infinity });
    s.stack.environment = { ...s.stack.environment, AVALA_BASE_URL: between.url };
  };

  it("from a later run on are not a change: nothing differs, nothing is sent, nobody is invited or removed", async () => {
    await s.stack.up(program);
    // Only a refresh records the owner.
    await s.stack.refresh();
    const before = [...s.stack.resources].map(([name, { id, outputs }]) => [name, id, outputs]);
    respelling();
    const same = Object.keys(program).map((name) => `same ${name}`);
    for (const run of [
      () => s.stack.refresh(),
      () => s.stack.preview(program),
      () => s.stack.up(program),
      () => s.stack.up(program, { refresh: true }),
    ]) {
      const { error, steps, writes, emails } = await s.measured(run);
      expect(error).toBeUndefined();
      expect([...new Set(steps)].toSorted()).toEqual(same.toSorted());
      expect([writes, emails]).toEqual([[], []]);
    }
    expect([...s.stack.resources].map(([name, { id, outputs }]) => [name, id, outputs])).toEqual(before);
  });

  it("from the start lead to the same results as the usual ones, created and destroyed", async () => {
    const usual = await s.measured(() => s.stack.up(program));
    const made = await held();
    const usualEnd = await s.measured(() => s.stack.destroy());
    const taken = await held();

    await s.emulator.reset(acme());
    respelling();
    const respeltRun = await s.measured(() => s.stack.up(program));
    expect([respeltRun.error, shown(respeltRun.writes), respeltRun.emails]).toEqual([
      undefined,
      shown(usual.writes),
      usual.emails,
    ]);
    expect(await held()).toBe(made);
    for (const { id } of s.stack.resources.values()) expect(id).toMatch(/^[-0-9a-f]{36}(?:\/|$)/);
    const again = await s.measured(() => s.stack.up(program));
    expect([again.error, again.writes, again.emails]).toEqual([undefined, [], []]);
    const end = await s.measured(() => s.stack.destroy());
    expect([end.error, shown(end.writes), end.emails]).toEqual([undefined, shown(usualEnd.writes), usualEnd.emails]);
    expect(await held()).toBe(taken);
  });
});
