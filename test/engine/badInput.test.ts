import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, stackTrace, type Declared, type Outcome } from "../support/pulumi.js";

jest.setTimeout(240_000);

const organization = "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11";
const team = `${organization}/5b7f3c1e-1c59-4a52-9a43-6b4d7c2f8e22`;

interface Row {
  kind: Declared["kind"];
  args: Record<string, unknown>;
  /** The parts of the message about each property: the fault, and what is expected. */
  says: Record<string, string[]>;
}

/** One wrong resource each, because the engine stops at the first; all its wrong properties are reported at once. */
const rows: Row[] = [
  {
    kind: "Organization",
    args: {
      name: " ",
      visibility: "secret",
      slug: "acme/eu",
      email: "acme.example",
      website: "acme.example",
      nmae: "Acme",
    },
    says: {
      name: ["must not be empty"],
      visibility: ['must be "public" or "private"', 'given: "secret"'],
      slug: ["letters, digits, hyphens and underscores", 'given: "acme/eu"'],
      email: ["must be an email address", "ada@example.com"],
      website: ["https://"],
      nmae: ["is not a property of Organization", "did you mean name?"],
    },
  },
  {
    kind: "Team",
    args: { organization: "acme/eu", color: "#11223344", forceDestroy: "yes", members: ["ada@example.com"] },
    says: {
      organization: ["must be an Organization, its uid or its slug"],
      name: ["is missing"],
      color: ["at most 7 characters"],
      forceDestroy: ["must be true or false"],
      members: ["is not a property of Team", "valid properties: organization, name"],
    },
  },
  {
    kind: "TeamMembership",
    args: { team: "core", user: "ada", role: "boss", validUntil: "tomorrow" },
    says: {
      team: ["must be a Team or its id"],
      user: ["must be a user's uid", "for an address use email"],
      role: ['must be "lead" or "member"', 'given: "boss"'],
      validUntil: ["must be a date such as 2027-01-31"],
    },
  },
  {
    kind: "TeamMembership",
    args: { team, role: "member" },
    says: { email: ["is missing", "or by user"] },
  },
  {
    kind: "Invitation",
    args: { organization, email: "ada at example.com", role: "owner" },
    says: {
      email: ["must be an email address", 'given: "ada at example.com"'],
      role: ['must be "admin" or "member"', "ownership is transferred in Avala"],
    },
  },
];

describe("wrong input", () => {
  let emulator: TestEmulator;
  let project: Project;
  const valid: Declared[] = [{ kind: "Organization", name: "acme", args: { name: "Acme" } }];

  beforeAll(async () => {
    emulator = await startEmulator();
    project = await Project.open(emulator.environment());
  });
  beforeEach(() => emulator.clearLog());
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  async function expectNothingDone(outcome: Outcome): Promise<void> {
    expect(outcome.code).not.toBe(0);
    expect(outcome.screen).not.toMatch(stackTrace);
    expect(await emulator.writes()).toEqual([]);
    expect(project.stateText()).not.toContain("/avala:");
  }

  it.each(rows.map((row) => [row.kind, Object.keys(row.says).join(", "), row] as const))(
    "in %s (%s) is refused in the preview, property by property, without a call",
    async (kind, _properties, { args, says }) => {
      project.declare([{ kind, name: "wrong", args }]);
      const preview = await project.preview();
      await expectNothingDone(preview);
      expect(await emulator.calls()).toEqual([]);
      const errors = preview.errors;
      expect(errors).toHaveLength(Object.keys(says).length);
      for (const [property, parts] of Object.entries(says)) {
        const about = errors.filter(({ message }) => new RegExp(`problem: "?${property}\\b`).test(message));
        expect(about).toHaveLength(1);
        for (const part of parts) expect(about[0]!.message).toContain(part);
      }
    },
  );

  it.each([
    [
      "a missing key",
      { AVALA_API_KEY: "" },
      ["The API key for Avala is missing", "AVALA_API_KEY", "pulumi config set --secret avala:apiKey"],
    ],
    [
      "a base URL without encryption",
      { AVALA_ALLOW_INSECURE_BASE_URL: "" },
      ["unencrypted", "AVALA_ALLOW_INSECURE_BASE_URL=1"],
    ],
    [
      "a base URL of another host without encryption",
      { AVALA_BASE_URL: "http://api.example.com/api/v1" },
      ["unencrypted", "api.example.com", "Use https"],
    ],
    ["a base URL that is none", { AVALA_BASE_URL: "api.example.com" }, ["base URL"]],
    ["a limit that is not a number", { AVALA_MAX_REMOVALS: "many" }, ["AVALA_MAX_REMOVALS", "whole number"]],
  ])("%s is refused in the preview, without a call", async (_what, env, parts) => {
    project.declare(valid);
    const preview = await project.preview([], env);
    await expectNothingDone(preview);
    expect(await emulator.calls()).toEqual([]);
    expect(preview.errors).toHaveLength(1);
    for (const part of [...parts, "[AVALA_CONFIG]"]) expect(preview.errors[0]!.message).toContain(part);
  });

  it("a wrong key is an error at the first call of up, with what to do, and nothing is written", async () => {
    const key = "avk_of-nobody-7f3a";
    project.declare(valid);
    const up = await project.up([], { AVALA_API_KEY: key });
    await expectNothingDone(up);
    expect(await emulator.calls()).toEqual(["GET /organizations/"]);
    const text = /GET \/organizations\/ answered 401.*AVALA_API_KEY.*\[AVALA_UNAUTHORIZED\]/;
    expect(up.errors).toEqual([{ name: "acme", message: expect.stringMatching(text) }]);
    expect(up.screen).not.toContain(key);
  });
});
