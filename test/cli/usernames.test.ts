import { nameOfPerson, shownMember } from "../../cli/membership/lookup.js";
import type { Seed } from "../../emulator/src/index.js";
import { acme, uids } from "../lifecycle/support.js";
import { Engine, Host } from "../support/host.js";
import { office } from "./support.js";

/* The user name of some people is their phone number. No message contains it, also if addresses are hidden. */

const phone = "+4915112345678";
const seed = (): Seed => {
  const { people, ...rest } = acme({ hideEmails: true });
  return { ...rest, people: people!.map((one, index) => ({ ...one, username: `${phone}${index}` })) };
};
const o = office(seed);

const rows = (...given: { kind: string; name: string; id: string; outputs: object }[]) =>
  JSON.stringify({
    version: 3,
    deployment: {
      resources: given.map(({ kind, name, id, outputs }) => {
        const type = `pulumi-nodejs:dynamic/avala:${kind}`;
        const urn = `urn:pulumi:dev::app::${type}::${name}`;
        return { urn, custom: true, type, id, inputs: {}, outputs: { ...outputs, __v: 1 } };
      }),
    },
  });
const organization = {
  kind: "Organization",
  name: "acme",
  id: uids.acme,
  outputs: { name: "Acme", slug: "acme", uid: uids.acme, __owner: uids.ada },
};
const lee = {
  kind: "OrganizationMember",
  name: "lee",
  id: `${uids.acme}/${uids.lee}`,
  outputs: {
    organization: uids.acme,
    user: uids.lee,
    userUid: uids.lee,
    username: `${phone}2`,
    role: "admin",
    status: "active",
    validUntil: "2020-01-01",
  },
};
const step = (name: string, role: string) => ({
  op: "update",
  urn: `urn:pulumi:dev::app::pulumi-nodejs:dynamic/avala:OrganizationMember::${name}`,
  oldState: { ...lee, type: "pulumi-nodejs:dynamic/avala:OrganizationMember", inputs: lee.outputs },
  newState: {
    type: "pulumi-nodejs:dynamic/avala:OrganizationMember",
    id: lee.id,
    inputs: { ...lee.outputs, role },
    outputs: { ...lee.outputs, role },
  },
});
const preview = JSON.stringify({ steps: [step("lee", "member")], duration: 1, changeSummary: { update: 1 } });

it.each<[string, string[], string, RegExp]>([
  ["drift", ["drift", "--state", "-"], rows(organization, lee), new RegExp(uids.ada)],
  ["drift as Markdown", ["drift", "--state", "-", "--markdown"], rows(organization, lee), new RegExp(uids.ada)],
  ["status", ["status", "--state", "-"], rows(organization, lee), new RegExp(uids.lee)],
  ["review", ["review", "-"], preview, new RegExp(uids.lee)],
  ["review as Markdown", ["review", "-", "--markdown"], preview, new RegExp(uids.lee.replaceAll("-", "&#45;"))],
  ["transfer-ownership", ["transfer-ownership", "acme", "--to", uids.ada, "--yes"], "", new RegExp(uids.ada)],
])("usernames-may-be-phones: %s names people by uid", async (_, args, stdin, named) => {
  const { stdout, stderr } = await o.desk.run(args, { stdin });
  expect(`${stdout}${stderr}`).toMatch(named);
  expect(`${stdout}${stderr}`).not.toContain(phone.slice(1));
});

it("leave names its user by uid", async () => {
  await o.emulator.addKey("avk_mia", "mia@example.com");
  const { stdout, stderr, code } = await o.desk.run(["leave", "acme", "--yes"], { env: { AVALA_API_KEY: "avk_mia" } });
  expect([code, stderr]).toEqual([0, expect.stringContaining(uids.mia) as string]);
  expect(`${stdout}${stderr}`).not.toContain(phone.slice(1));
});

it("doctor names the key's user by uid", async () => {
  const { stdout } = await o.desk.run(["doctor"]);
  expect(stdout).toContain(uids.owner);
  expect(stdout).not.toContain(phone.slice(1));
});

it("the guard of the API key's user names them by uid", async () => {
  const engine = await Engine.start();
  await o.emulator.addKey("avk_ada", "ada@example.com");
  const host = await Host.start(engine, o.emulator.environment("avk_ada"));
  try {
    await host.configure();
    const state = { ...lee.outputs, user: uids.ada, userUid: uids.ada, __v: 1, onDestroy: "remove" };
    const removal = host.delete("organizationMember", `${uids.acme}/${uids.ada}`, state);
    await expect(removal).rejects.toThrow(`"${uids.ada}" is the user whose API key this run uses`);
  } finally {
    await host.close();
    engine.kill();
  }
});

it.each<[object, string]>([
  [{ email: "ada@example.com", userUid: "u1", username: phone }, "ada@example.com"],
  [{ userUid: "u1", username: phone }, "u1"],
  [{ email: "", userUid: "u1", username: phone }, "u1"],
  [{ username: phone }, ""],
  [{ hidden: "[secret]", userUid: "u1", username: phone }, "[secret]"],
])("a person is called by address or uid: %j", (who, name) => {
  expect(nameOfPerson(who)).toBe(name);
});

it("a member is shown without user name", () => {
  expect(shownMember({ userUid: "u1", username: phone })).toBe("u1");
  expect(shownMember({ userUid: "u1", username: phone, email: "a@b.de", fullName: "Ada" })).toBe("Ada, a@b.de (u1)");
});
