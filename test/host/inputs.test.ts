import { resources } from "../../provider/schema/index.js";
import { refused, taken } from "../support/addresses.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Engine, Host, unknown, type Kind, type Properties } from "../support/host.js";

const organization = "00000ace-0000-4000-8000-000000000000";
const team = `${organization}/0000000c-0000-4000-8000-000000000000`;
const user = "00000001-0000-4000-8000-000000000000";
/** People who are also declared as members: a team membership of the same person would be read. */
const other = "00000002-0000-4000-8000-000000000000";

let emulator: TestEmulator;
let engine: Engine;
let host: Host;
beforeAll(async () => {
  emulator = await startEmulator();
  engine = await Engine.start();
  host = await Host.start(engine, emulator.environment());
  await host.configure();
});
afterAll(async () => {
  await host.close();
  engine.kill();
  await emulator.close();
});
afterEach(async () => {
  const calls = await emulator.calls();
  if (calls.length > 0) throw new Error(`Nothing here may ask the service; asked was ${calls.join(", ")}.`);
});

/** A declaration of each kind in which every input has a value, and the outputs that go with it. */
const full: Record<Kind, { id: string; inputs: Properties; outputs: Properties }> = {
  organization: {
    id: organization,
    inputs: {
      name: "Acme",
      description: "d",
      website: "https://acme.example",
      industry: "robotics",
      email: "hello@acme.example",
      phone: "1",
      visibility: "private",
      handle: "acme",
      slug: "acme",
      logo: "https://acme.example/logo.png",
      adopt: organization,
      onDestroy: "retain",
      forceDestroy: false,
      reason: "leaves Avala",
      allowDuplicateName: false,
    },
    outputs: { uid: organization },
  },
  team: {
    id: team,
    inputs: {
      organization,
      name: "Core",
      description: "d",
      color: "#AABBCC",
      adopt: "core",
      forceDestroy: false,
      reason: "team is closed",
    },
    outputs: { uid: team.split("/")[1], slug: "core" },
  },
  organizationMember: {
    id: `${organization}/${other}`,
    inputs: {
      organization,
      user: other,
      role: "admin",
      onExpiry: "resend",
      maxEmails: 2,
      resend: "1",
      onDestroy: "retain",
      reason: "r",
      validUntil: "2027-01-31",
    },
    outputs: { status: "active", userUid: other, emailsSent: 1 },
  },
  teamMembership: {
    id: `${team}/${user}`,
    inputs: { team, user, role: "lead", onDestroy: "remove", reason: "r", validUntil: "2027-01-31" },
    outputs: { status: "active", userUid: user },
  },
  teamRoster: {
    id: team,
    inputs: { team, members: { "ada@example.com": "lead" }, unmanaged: "ignore" },
    outputs: { waiting: "", unmanagedMembers: "" },
  },
  invitation: {
    id: `${organization}/ada@example.com`,
    inputs: { organization, email: "ada@example.com", role: "admin", resend: "1" },
    outputs: { status: "accepted", emailsSent: 1, userUid: user },
  },
};
const kinds = Object.keys(full) as Kind[];
/** Declarations in which a person is named by one of two inputs. */
const eitherName: Kind[] = ["organizationMember", "teamMembership"];

describe("unknown values", () => {
  it.each(kinds)("the table has every input of %s", (kind) => {
    const names = Object.keys(resources[kind].inputs).filter(
      (name) => !(eitherName.includes(kind) && name === "email"),
    );
    expect(Object.keys(full[kind].inputs).toSorted()).toEqual(names.toSorted());
  });

  const positions = kinds.flatMap((kind) => Object.keys(full[kind].inputs).map((name) => [kind, name] as const));

  it.each([...positions, ...eitherName.map((kind) => [kind, "email"] as const)])(
    "%s.%s passes check and is a change",
    async (kind, name) => {
      const { id, inputs, outputs } = full[kind];
      const { user: _, ...others } = inputs;
      const news = { ...(name === "email" && eitherName.includes(kind) ? others : inputs), [name]: unknown };
      for (const olds of [{}, inputs]) {
        const checked = await host.check(kind, olds, news);
        expect(checked.failures).toEqual([]);
        expect(checked.inputs).toMatchObject({ [name]: unknown });
      }
      const state = { ...inputs, ...outputs, __v: 1 };
      const { inputs: checked } = await host.check(kind, inputs, news);
      const { changes, replaces } = await host.diff(kind, id, state, checked);
      expect(changes).toBe(true);
      // An immutable input has to count as a replacement; otherwise dependents do not see it.
      const immutable = ["organization", "team", "user", "email"].includes(name) && kind !== "organization";
      expect(replaces.length > 0).toBe(immutable);
    },
  );

  it.each(kinds)("all of %s at once pass check", async (kind) => {
    const news = Object.fromEntries(Object.keys(full[kind].inputs).map((name) => [name, unknown]));
    expect((await host.check(kind, {}, news)).failures).toEqual([]);
  });

  it("do not hide a person who is named twice", async () => {
    const news = { team, role: "lead", user: unknown, email: "ada@example.com" };
    expect((await host.check("teamMembership", {}, news)).failures).toHaveLength(1);
  });
});

describe("a valid declaration", () => {
  it.each(kinds)("%s has no failure, and no change from the recorded inputs", async (kind) => {
    const { id, inputs, outputs } = full[kind];
    const checked = await host.check(kind, inputs, inputs);
    expect(checked.failures).toEqual([]);
    expect(await host.diff(kind, id, { ...checked.inputs, ...outputs, __v: 1 }, checked.inputs)).toEqual({
      changes: false,
      replaces: [],
    });
  });

  it("is brought into normal form", async () => {
    const { inputs } = await host.check(
      "teamMembership",
      {},
      {
        team: ` {${organization.toUpperCase()}}/${team.split("/")[1]} `,
        email: " Ada@Exämple.COM ",
        role: "lead",
      },
    );
    expect(inputs).toMatchObject({ team, email: "ada@exämple.com" });
    expect((await host.check("organization", {}, { name: "  Acme " })).inputs).toMatchObject({ name: "Acme" });
  });

  it("treats null as absent, and fills in defaults", async () => {
    const { inputs, failures } = await host.check(
      "invitation",
      {},
      { organization, email: "a@b.example", role: null, resend: null },
    );
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ organization, email: "a@b.example", role: "member", __provider: expect.any(String) });
  });
});

describe("an invalid declaration is refused by check, with its property and the reason", () => {
  const org = { name: "Acme" };
  const inTeam = { team, email: "ada@example.com", role: "lead" };
  const invited = { organization, email: "ada@example.com" };
  const table: [string, Kind, Properties, string, RegExp][] = [
    [
      "wrong enum",
      "organization",
      { ...org, visibility: "secret" },
      "visibility",
      /must be "public" or "private" \(given: "secret"\)/,
    ],
    ["wrong role of a team", "teamMembership", { ...inTeam, role: "admin" }, "role", /must be "lead" or "member"/],
    [
      "one-owner: owner as a role",
      "invitation",
      { ...invited, role: "owner" },
      "role",
      /must be "admin" or "member".*one owner/,
    ],
    ["bad email of a person", "invitation", { ...invited, email: "ada@" }, "email", /must be an email address/],
    [
      "an email with a line break",
      "invitation",
      { ...invited, email: "a@b.example\nbcc: c@d.example" },
      "email",
      /must be an email address/,
    ],
    ["bad contact address", "organization", { ...org, email: "nobody" }, "email", /must be an email address/],
    [
      "an email as user",
      "teamMembership",
      { team, user: "ada@example.com", role: "lead" },
      "user",
      /a UUID.*use email/,
    ],
    ["both user and email", "teamMembership", { ...inTeam, user }, "email", /must not be given together with user/],
    [
      "neither user nor email",
      "teamMembership",
      { team, role: "lead" },
      "email",
      /name the person by email, or by user/,
    ],
    ["a slug as team", "teamMembership", { ...inTeam, team: "acme/core" }, "team", /<organization uid>\/<team uid>/],
    ["no team", "teamMembership", { email: "ada@example.com", role: "lead" }, "team", /team is missing/],
    ["no name", "organization", {}, "name", /name is missing/],
    ["empty name", "organization", { name: "" }, "name", /must not be empty/],
    ["blank name", "team", { organization, name: "  " }, "name", /must not be empty/],
    ["a name that is too long", "team", { organization, name: "x".repeat(256) }, "name", /at most 255/],
    ["a number as name", "team", { organization, name: 5 }, "name", /must be text/],
    ["slug with a slash", "organization", { ...org, slug: "a/b" }, "slug", /letters, digits, hyphens and underscores/],
    ["reserved slug", "organization", { ...org, slug: "invitations" }, "slug", /path of the API itself/],
    ["reserved slug", "organization", { ...org, slug: "industry-choices" }, "slug", /path of the API itself/],
    [
      "handles-have-no-hyphen: handle with a hyphen",
      "organization",
      { ...org, handle: "acme-ai" },
      "handle",
      /no hyphen, unlike slug/,
    ],
    ["a website that is none", "organization", { ...org, website: "acme" }, "website", /https:\/\//],
    [
      "a website with a host of one part",
      "organization",
      { ...org, website: "https://acme" },
      "website",
      /a host such/,
    ],
    [
      "a website whose top level is a letter",
      "organization",
      { ...org, website: "https://a.b" },
      "website",
      /a host such/,
    ],
    [
      "a website that cannot be seen",
      "organization",
      { ...org, website: "https://a.com/\u2800" },
      "website",
      /a host such/,
    ],
    ["a script as logo", "organization", { ...org, logo: "javascript:alert(1)" }, "logo", /https:\/\//],
    [
      "an organization that cannot be one",
      "team",
      { organization: "a/../b", name: "Core" },
      "organization",
      /its uid or its slug/,
    ],
    [
      "text for a flag",
      "team",
      { organization, name: "Core", forceDestroy: "yes" },
      "forceDestroy",
      /must be true or false/,
    ],
    ["a color that is too long", "team", { organization, name: "Core", color: "#AABBCCDD" }, "color", /at most 7/],
    [
      "a date in another form",
      "teamMembership",
      { ...inTeam, validUntil: "30.1.2027" },
      "validUntil",
      /a date such as/,
    ],
    [
      "a day that does not exist",
      "teamMembership",
      { ...inTeam, validUntil: "2027-02-30" },
      "validUntil",
      /day of the cal/,
    ],
    [
      "another case of a property",
      "organization",
      { ...org, Description: "d" },
      "Description",
      /did you mean description\?/,
    ],
    ["a misspelt property", "organization", { ...org, descripton: "d" }, "descripton", /did you mean description\?/],
    [
      "a property of another kind",
      "invitation",
      { ...invited, team },
      "team",
      /valid properties: organization, email, role, resend/,
    ],
    ["an output as input", "team", { organization, name: "Core", slug: "core" }, "slug", /not a property of Team/],
  ];

  it.each(table)("%s: %s", async (_, kind, inputs, property, reason) => {
    const { failures } = await host.check(kind, {}, inputs);
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  it("is reported with all its faults at once", async () => {
    const { failures } = await host.check("invitation", {}, { email: "x", role: "owner", emial: "y" });
    expect(failures.map(({ property }) => property).toSorted()).toEqual(["email", "emial", "organization", "role"]);
  });

  it("shows hostile text on one line", async () => {
    const { failures } = await host.check(
      "organization",
      {},
      { name: "A", industry: "x", visibility: "a\u001b[31m\nb\u202e" },
    );
    expect(failures[0]?.reason).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe("an address that no email system delivers to", () => {
  const inputOf = (address: string): [kind: Kind, inputs: Properties, property: string][] => [
    ["organization", { name: "Acme", email: address }, "email"],
    ["organizationMember", { organization, email: address }, "email"],
    ["teamMembership", { team, email: address }, "email"],
    ["teamRoster", { team, members: { "ada@example.org": "lead", [address]: "member" } }, "members"],
    ["invitation", { organization, email: address }, "email"],
  ];
  // Half of a character cannot reach the host.
  const sendable = ([address]: readonly [string, ...unknown[]]) => address.trim() !== "" && !/\p{Cs}/u.test(address);
  const kindsNaming = inputOf("").map(([kind], at) => [kind, at] as const);

  it.each(kindsNaming)("is refused in %s, in preview already, with its property and the reason", async (_, at) => {
    for (const [address, reason] of refused.filter(sendable)) {
      const [kind, inputs, property] = inputOf(address)[at]!;
      const { failures } = await host.check(kind, {}, inputs);
      expect({ address, failures }).toEqual({
        address,
        failures: [{ property, reason: expect.stringMatching(reason) }],
      });
    }
  });

  it.each(kindsNaming)("does not affect valid addresses in %s", async (_, at) => {
    for (const row of taken.filter(sendable)) {
      const [kind, inputs] = inputOf(row[0])[at]!;
      expect({ address: row[0], ...(await host.check(kind, {}, inputs)) }).toMatchObject({
        address: row[0],
        failures: [],
      });
    }
  });

  it.each(["organizationMember", "invitation", "teamMembership"] as const)(
    "is refused in an id of %s",
    async (kind) => {
      const place = kind === "teamMembership" ? team : organization;
      for (const [address, reason] of refused.filter(sendable)) {
        const message = await host.read(kind, `${place}/${address}`, {}).then(String, (error: Error) => error.message);
        expect({ address, message }).toEqual({
          address,
          message: expect.stringMatching(/is not the id of a/) as string,
        });
        expect(message).toMatch(reason);
        expect(message).toContain("AVALA_GET");
      }
    },
  );
});

describe("bug: one person under two spellings, as a transformation may leave them", () => {
  /** Two spellings of each person. */
  const spellings: [what: string, one: string, other: string][] = [
    ["itself", "@example.com", "@example.com"],
    ["upper case", "@example.com", "@EXAMPLE.Com"],
    ["spaces", "@example.com", "@example.com \n"],
    ["no-break spaces", "@example.com", "@example.com\u00a0"],
    ["ASCII", "@b\u00fccher.example", "@xn--bcher-kva.example"],
    ["ASCII in upper case", "@b\u00fccher.example", "@XN--BCHER-KVA.EXAMPLE"],
    ["a decomposed form", "@b\u00fccher.example", "@bu\u0308cher.example"],
    ["capital letters of another script", "@\u043f\u0440.\u0440\u0444", "@\u041f\u0420.\u0420\u0424"],
  ];
  type Make = (email: string) => [kind: Kind, inputs: Properties];
  const [member, invited, placed]: Make[] = [
    (email) => ["organizationMember", { organization, email }],
    (email) => ["invitation", { organization, email }],
    (email) => ["teamMembership", { team, email }],
  ];
  const pairs: [Make, Make][] = [
    [member!, member!],
    [member!, invited!],
    [invited!, invited!],
    [placed!, placed!],
  ];
  const cells = spellings.flatMap((row, number) =>
    pairs.map((pair, at) => [row[0], pair[0]("")[0], pair[1]("")[0], row, pair, `p${number}-${at}`] as const),
  );

  it.each(cells)("is refused in %s, by %s and %s", async (...cell) => {
    const [, , , [, one, other], pair, who] = cell;
    const check = (make: Make, email: string, name: string) => {
      const [kind, inputs] = make(email);
      const address = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}::${who}-${name}`;
      return host.check(kind, {}, { ...inputs, __address: address });
    };
    expect((await check(pair[0], who + one, "one")).failures).toEqual([]);
    const { failures } = await check(pair[1], who.toUpperCase() + other, "two");
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("AVALA_DECLARED_TWICE") as string }]);
    for (const name of ["one", "two"]) expect(failures[0]!.reason).toContain(`"${who}-${name}"`);
  });
});

describe("a role in a team that is left out", () => {
  const named = { team, user };
  const recorded = { ...named, status: "active", userUid: user, __v: 1 };
  const id = `${team}/${user}`;
  const diff = async (state: Properties, news: Properties) => {
    const { inputs, failures } = await host.check("teamMembership", state, news);
    expect(failures).toEqual([]);
    return [inputs["role"], await host.diff("teamMembership", id, state, inputs)];
  };

  it("is member, and not a change if member is recorded, written or not", async () => {
    const none = { changes: false, replaces: [] };
    expect(await diff({ ...recorded, role: "member" }, named)).toEqual(["member", none]);
    expect(await diff({ ...recorded, role: "member" }, { ...named, role: "member" })).toEqual(["member", none]);
  });

  it("makes a lead a member: taking it out of the program is a change", async () => {
    expect(await diff({ ...recorded, role: "lead" }, named)).toEqual(["member", { changes: true, replaces: [] }]);
  });
});

describe("settings that cannot work are refused by check", () => {
  const withEnvironment = async (environment: Record<string, string>) => {
    const other = await Host.start(engine, environment);
    try {
      await other.configure();
      return (await other.check("organization", {}, { name: "Acme" })).failures;
    } finally {
      await other.close();
    }
  };

  it.each([
    ["no key", {}, /API key for Avala is missing.*AVALA_API_KEY/],
    [
      "plain http to another host",
      { AVALA_API_KEY: "k", AVALA_BASE_URL: "http://api.example/v1", AVALA_ALLOW_INSECURE_BASE_URL: "1" },
      /unencrypted.*https/,
    ],
    [
      "plain http without leave",
      { AVALA_API_KEY: "k", AVALA_BASE_URL: "http://127.0.0.1:9" },
      /AVALA_ALLOW_INSECURE_BASE_URL/,
    ],
    [
      "a base URL with a password",
      { AVALA_API_KEY: "k", AVALA_BASE_URL: "https://me:hunter2@api.example" },
      /user name or password/,
    ],
    [
      "a limit that is not a number",
      { AVALA_API_KEY: "k", AVALA_MAX_REMOVALS: "many" },
      /AVALA_MAX_REMOVALS is not a whole number/,
    ],
  ])("%s", async (_, environment, reason) => {
    const failures = await withEnvironment(environment as Record<string, string>);
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(reason) }]);
    expect(failures[0]!.reason).not.toContain("hunter2");
  });
});
