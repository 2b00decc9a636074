import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OTHER_HOST, type Profile, profileSettings } from "../../../cli/probe/profile.js";
import { readProfile } from "../../../cli/probe/profileFile.js";
import { createEmulator } from "../../../emulator/src/index.js";
import { defaultSettings, settingsSchema } from "../../../emulator/src/settings.js";
import { Desk } from "../../support/commandLine.js";

const folder = mkdtempSync(join(tmpdir(), "avala-profile-"));
afterAll(() => rmSync(folder, { recursive: true }));

const valid: Profile = { version: 1, date: "2026-11-29", settings: {}, statements: {} };
const fileOf = (content: unknown) => {
  const file = join(folder, "avala-profile.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};

/** Values of each setting of a profile that differ from the default. */
const others: Required<Profile["settings"]> = {
  maxPageSize: 2,
  rateLimit: null,
  writeBody: "minimal",
  lists: "array",
  nextHost: OTHER_HOST,
  organizationDelete: "refuse",
  slugFollowsName: true,
  lowercaseEmails: true,
  hideEmails: true,
  expiredInvitations: "hidden",
  teamCreatorJoins: true,
  voidStatus: 200,
  hiddenIs: 403,
  readLagMs: 1500,
  currentUser: "html",
};

describe("a profile", () => {
  it("has the settings of the emulator that can be measured", () => {
    const notMeasured = ["hideEmailsOf", "seats", "invitesPerMinute"];
    const names = Object.keys(settingsSchema.shape).filter((name) => !notMeasured.includes(name));
    expect(Object.keys(profileSettings.shape).toSorted()).toEqual(names.toSorted());
    expect(Object.keys(others).toSorted()).toEqual(names.toSorted());
  });

  it.each(Object.entries(others))("is understood alike by command line and emulator: %s", async (name, value) => {
    const settings = { [name]: value };
    expect(await readProfile(fileOf({ ...valid, settings }))).toEqual({ ...valid, settings });
    const emulator = createEmulator({ profile: { ...valid, settings } });
    expect(emulator.state().settings).toEqual({ ...defaultSettings, ...settings });
    const none = { [name]: "none of its values!" };
    await expect(readProfile(fileOf({ ...valid, settings: none }))).rejects.toThrow(`settings.${name}`);
    expect(() => createEmulator({ profile: { ...valid, settings: none as never } })).toThrow(`settings.${name}`);
  });
});

describe("a faulty profile is an error in one line, before anything runs", () => {
  const faults: [fault: string, content: unknown, message: RegExp][] = [
    ["is not JSON", "{", /is not valid JSON\. Write it again/],
    ["is empty", "", /is not valid JSON/],
    ["is an array", [], /is not a profile of a deployment: /],
    ["is null", null, /is not a profile of a deployment: /],
    ["has a newer version", { ...valid, version: 2 }, /was written by a different version of pulumi-avala\. Write/],
    ["has no version", { ...valid, version: undefined }, /: version: /],
    ["has no date", { ...valid, date: undefined }, /: date: /],
    ["has a time in place of a date", { ...valid, date: "2026-11-29T10:00:00Z" }, /: date: /],
    ["has an unknown setting", { ...valid, settings: { pageSize: 3 } }, /: settings: Unrecognized key: "pageSize"/],
    ["has an unknown value", { ...valid, settings: { voidStatus: 201 } }, /: settings\.voidStatus: /],
    ["has a host with a path", { ...valid, settings: { nextHost: "a/b" } }, /: settings\.nextHost: /],
    ["has an unknown field", { ...valid, host: "api.example.com" }, /Unrecognized key: "host"/],
    [
      "has an unknown verdict",
      { ...valid, statements: { a: { verdict: "?", details: "" } } },
      /statements\.a\.verdict/,
    ],
    ["has two faults", { ...valid, date: 1, settings: 1 }, /: date: .*; settings: /],
    ["has a name that moves the cursor", { ...valid, settings: { "\u001b[2J\n": 1 } }, /settings: /],
  ];

  it.each(faults)("if it %s", async (_, content, message) => {
    const failure = (await readProfile(fileOf(content)).catch((error: unknown) => error)) as Error;
    expect(failure).toMatchObject({ code: "AVALA_PROFILE", message: expect.stringMatching(message) });
    expect(failure.message).not.toMatch(/\p{Cc}/u);
  });

  it.each(["rehearse", "doctor"])("in %s", async (command) => {
    const desk = new Desk();
    try {
      for (const [content, code] of [
        [[], "AVALA_PROFILE"],
        [undefined, "AVALA_STACK"],
      ]) {
        const file = content === undefined ? join(folder, "none.json") : fileOf(content);
        const { code: exit, stdout, stderr } = await desk.run([command, "--profile", file]);
        expect([exit, stdout]).toEqual([1, ""]);
        expect(stderr).toMatch(new RegExp(`^[^\\n]+ \\[${String(code)}\\]\\n$`));
      }
    } finally {
      desk.close();
    }
  });
});

it("the README of the emulator shows one that works", () => {
  const readme = readFileSync(join(__dirname, "../../../emulator/README.md"), "utf8");
  const [, json = ""] = /## Profile of a deployment[^]*?```json\n([^]+?)```/.exec(readme) ?? [];
  expect(createEmulator({ profile: JSON.parse(json) }).state().settings).toMatchObject(JSON.parse(json).settings);
});
