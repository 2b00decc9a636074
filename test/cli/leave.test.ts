import type { Seed } from "../../emulator/src/index.js";
import { person, uids } from "../lifecycle/support.js";
import { escapes, office } from "./support.js";

const o = office();
const list = "GET /organizations/";
const who = ["GET /users/me/", "GET /organizations/acme/members/"];
const act = "POST /organizations/acme/leave/";
const without = [`${person("ada")} admin`, `${person("mia")} member`, `${person("owner")} owner`];
const all = [
  `${person("ada")} admin`,
  `${person("lee")} member`,
  `${person("mia")} member`,
  `${person("owner")} owner`,
];
const yes = ["leave", "acme", "--yes"];

beforeEach(async () => {
  await o.emulator.addKey("avk_lee", person("lee"));
  o.desk.environment["AVALA_API_KEY"] = "avk_lee";
});

describe("leave", () => {
  it("removes the API key's user with one request, and says who that is and what to do next", async () => {
    const { code, stdout, stderr } = await o.desk.run(yes);
    expect([code, stdout]).toEqual([0, "Left Acme (acme).\n"]);
    for (const reported of [
      `The API key's user, lee@example.com (${uids.lee}), will leave Acme (acme) ("member") and its teams.`,
      "irreversible",
      `AVALA_ASSUME_DELETED=${uids.acme} pulumi up`,
      "pulumi state delete <urn>",
      "https://avala-ai.github.io/pulumi-avala/guides/recovery#an-organization-has-vanished",
    ]) {
      expect(stderr).toContain(reported);
    }
    expect(stdout + stderr).not.toMatch(escapes);
    expect(await o.emulator.calls()).toEqual([list, ...who, act]);
    expect(await o.members()).toEqual(without);
  });

  it("prints JSON", async () => {
    expect(await o.desk.json(yes)).toEqual({
      organization: { uid: uids.acme, slug: "acme", name: "Acme" },
      user: { userUid: uids.lee, email: person("lee"), username: "lee" },
      left: true,
    });
  });

  it.each<[Partial<Seed["settings"] & object>, string, string, string]>([
    [{ currentUser: "withoutUid" }, "avk_lee", "The API key's user will leave Acme", "does not report who that is"],
    [{ currentUser: 403 }, "avk_ada", "The API key's user, ada@example.com (0000", 'will leave Acme (acme) ("admin")'],
    [{ hideEmails: true }, "avk_lee", `The API key's user, ${uids.lee}, will leave`, "Acme"],
  ])("says who leaves, as far as the service shows it: %j, key %s", async (settings, key, ...reported) => {
    await o.emulator.addKey("avk_ada", person("ada"));
    await o.emulator.settings(settings);
    const { code, stderr } = await o.desk.run(yes, { env: { AVALA_API_KEY: key } });
    expect(code).toBe(0);
    for (const text of reported) expect(stderr).toContain(text);
  });

  it("does not need the list of members", async () => {
    o.between.expect({ on: /^GET .*members/, fate: 403, times: 9 });
    const { code, stderr } = await o.desk.run(yes);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`The API key's user, ${uids.lee}, will leave Acme`)]);
  });

  it("is refused for the owner, who has to transfer the ownership first", async () => {
    const { code, stderr } = await o.desk.run(yes, { env: { AVALA_API_KEY: "avk_local" } });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/owner cannot leave.*transfer-ownership.*\[AVALA_REFUSED\]\n$/),
    ]);
    expect(await o.emulator.calls()).toEqual([list]);
  });

  it("is refused without a terminal and without --yes", async () => {
    const { code, stderr } = await o.desk.run(["leave", "acme"], { stdin: "acme\n" });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/\[AVALA_NOT_CONFIRMED\]\n$/)]);
    expect(await o.emulator.calls()).toEqual([]);
  });
});

describe("leave at a terminal", () => {
  it("asks for the slug", async () => {
    expect(await o.desk.atTerminal(["leave", uids.acme], () => "acme\r")).toMatchObject({ code: 0, asked: true });
    expect(await o.emulator.calls()).toEqual([list, ...who, list, act]);
    expect(await o.members()).toEqual(without);
  });

  it.each([
    ["another text", "yes\r", 1],
    ["Ctrl-C", "\u0003", 130],
  ])("does nothing on %s", async (_what, typed, code) => {
    expect(await o.desk.atTerminal(["leave", "acme"], () => typed)).toMatchObject({ code, asked: true });
    expect(await o.emulator.calls()).toEqual([list, ...who]);
    expect(await o.members()).toEqual(all);
  });

  it("does nothing if somebody has removed the person during the question", async () => {
    const { code, screen } = await o.desk.atTerminal(["leave", "acme"], async () => {
      await o.emulator.api("DELETE", `/organizations/acme/members/${uids.lee}/`);
      await o.emulator.clearLog();
      return "acme\r";
    });
    expect([code, screen]).toEqual([1, expect.stringContaining("[AVALA_ORGANIZATION_NOT_FOUND]")]);
    expect(await o.emulator.writes()).toEqual([]);
  });

  it("does nothing if the person was made the owner during the question", async () => {
    const { code, screen } = await o.desk.atTerminal(["leave", "acme"], async () => {
      await o.emulator.api("POST", "/organizations/acme/transfer-ownership/", { new_owner_uid: uids.lee });
      await o.emulator.clearLog();
      return "acme\r";
    });
    expect([code, screen]).toEqual([1, expect.stringContaining("the owner cannot leave")]);
    expect(await o.emulator.writes()).toEqual([]);
  });
});

describe("leave whose answer is lost", () => {
  it.each([403, 404] as const)(
    "is looked up and reported as done, if people outside are answered %d",
    async (hiddenIs) => {
      await o.emulator.settings({ hiddenIs });
      o.between.expect({ on: /^POST /, fate: "answer lost" });
      expect(await o.desk.run(yes)).toMatchObject({ code: 0, stdout: "Left Acme (acme).\n" });
      expect(await o.emulator.calls()).toEqual([list, ...who, act, list]);
    },
  );

  it.each([true, false])("bug: or is a login page is looked up; carried out: %s", async (after) => {
    const page = { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html>", after };
    await o.emulator.faults({ match: { method: "POST" }, action: page });
    const { code, stderr } = await o.desk.run(yes);
    expect([code, stderr.includes("[AVALA_NOT_CARRIED_OUT]")]).toEqual(after ? [0, false] : [1, true]);
    expect(await o.members()).toEqual(after ? without : all);
  });

  it("is looked up, reported as not done, and not sent again", async () => {
    o.between.expect({ on: /^POST /, fate: "lost" });
    const { code, stderr } = await o.desk.run(yes);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/still in the organization.*\[AVALA_NOT_CARRIED_OUT\]\n$/),
    ]);
    expect(await o.emulator.writes()).toEqual([]);
    expect(await o.members()).toEqual(all);
  });
});
