import { inputsWhere, organization as schema } from "../../provider/schema/index.js";
import { organization, type Program } from "../support/stack.js";
import { person, s, useService, uids } from "./support.js";

useService();
const at = {
  get acme() {
    return `/organizations/acme/`;
  },
  get beta() {
    return `/organizations/beta/`;
  },
};

/** Two values of each managed field, and its value in the service after its removal from the program: "" and null clear. */
const fields = {
  name: { first: "Org name", second: "Org renamed" },
  description: { first: "one", second: "two", removed: "" },
  website: { first: "https://one.example", second: "https://two.example", removed: "" },
  industry: { first: "robotics", second: "ai_ml", removed: "ai_ml" },
  email: { first: "one@example.com", second: "two@example.com", removed: "" },
  phone: { first: "1", second: "2", removed: "" },
  visibility: { first: "public", second: "private", removed: "private" },
  handle: { first: "one", second: "two", removed: null },
  slug: { first: "slug-one", second: "slug-two", removed: "slug-two" },
  logo: {
    first: "https://example.com/1.png",
    second: "https://example.com/2.png",
    removed: "https://example.com/2.png",
  },
} as const;
const names = Object.keys(fields) as (keyof typeof fields)[];
const cleared = ["description", "website", "email", "phone", "handle"];

/** One organization for each field, with no other declared field. */
const each = (value: "first" | "second" | undefined): Program =>
  Object.fromEntries(
    names.map((field) => {
      const declared = value ? { [field]: fields[field][value] } : {};
      const fallback = field === "name" ? fields.name.second : `Org ${field}`;
      return [field, organization({ name: fallback, ...declared })];
    }),
  );

const held = async () =>
  Object.fromEntries(
    await Promise.all(names.map(async (field) => [field, (await s.organizationNow(s.stack.id(field)))[field]])),
  );

/** The story of the table needs one edit more than the service allows. */
async function refillSlugEdits(): Promise<void> {
  const state = await s.emulator.state();
  const organizations = state.organizations.map((row) => ({ ...row, slugEditsRemaining: 9 }));
  await s.emulator.reset({ ...state, organizations });
}

const valuesOf = (which: "first" | "second") => Object.fromEntries(names.map((field) => [field, fields[field][which]]));
const allSteps = (step: string) => names.map((field) => `${step} ${field}`);

describe("each field of Organization", () => {
  test("is in the table when it is managed", () => {
    const managed = inputsWhere(schema, ({ clientOnly: local, identity }) => !local && !identity);
    expect([...names].toSorted()).toEqual(managed.toSorted());
  });

  it("is created, kept, changed, found when it drifts, repaired, and cleared or not managed any more", async () => {
    expect((await s.measured(() => s.stack.up(each("first")))).steps).toEqual(allSteps("create"));
    expect(await held()).toEqual(valuesOf("first"));

    expect(await s.measured(() => s.stack.up(each("first")))).toMatchObject({ steps: allSteps("same"), calls: [] });

    const change = await s.measured(() => s.stack.up(each("second")));
    expect(change.steps).toEqual(allSteps("update"));
    expect(change.writes.filter((call) => call.startsWith("PATCH "))).toHaveLength(names.length);
    expect(change.writes).toHaveLength(names.length);
    expect(await held()).toEqual(valuesOf("second"));

    const clean = await s.measured(() => s.stack.refresh());
    expect(clean.steps.toSorted()).toEqual(allSteps("same").toSorted());
    expect(clean.calls).toHaveLength(names.length);
    expect(await s.measured(() => s.stack.up(each("second")))).toMatchObject({ calls: [], steps: allSteps("same") });

    await refillSlugEdits();
    for (const field of names) {
      const { slug } = await s.organizationNow(s.stack.id(field));
      await s.emulator.api("PATCH", `/organizations/${slug}/`, { [field]: fields[field].first });
    }
    const found = await s.stack.refresh();
    // logo-urls-are-signed: the service answers a signed address of the logo, so its drift is not looked for.
    expect(found.steps).toContain("same logo");
    expect(found.steps.filter((step) => step.startsWith("update "))).toHaveLength(names.length - 1);
    const repair = await s.measured(() => s.stack.up(each("second")));
    expect(repair.error).toBeUndefined();
    expect(repair.writes).toHaveLength(names.length - 1);
    expect(await held()).toEqual({ ...valuesOf("second"), logo: fields.logo.first });

    const logo = organization({ name: "Org logo", logo: "https://example.com/3.png" });
    await s.stack.up({ ...each("second"), logo });
    expect(await held()).toMatchObject({ logo: "https://example.com/3.png" });
    await s.stack.up(each("second"));

    const preview = await s.measured(() => s.stack.preview(each(undefined)));
    expect(preview.steps).toEqual(names.map((field) => `${field === "name" ? "same" : "update"} ${field}`));
    const removal = await s.measured(() => s.stack.up(each(undefined)));
    expect(removal.writes).toHaveLength(cleared.length);
    expect(await held()).toEqual(
      Object.fromEntries(names.map((field) => [field, field === "name" ? fields.name.second : fields[field].removed])),
    );
    expect(await s.measured(() => s.stack.up(each(undefined)))).toMatchObject({ calls: [], steps: allSteps("same") });
  });

  it("empty-values-differ: is not compared any more once it has been removed from the program", async () => {
    await s.stack.up({ org: organization({ name: "Org", description: "ours", industry: "robotics" }) });
    const program = { org: organization({ name: "Org" }) };
    await s.stack.up(program);
    await s.emulator.api("PATCH", `/organizations/org/`, { description: "theirs", industry: "ai_ml" });
    expect((await s.stack.refresh()).steps).toEqual(["same org"]);
    expect(await s.measured(() => s.stack.up(program))).toMatchObject({ calls: [], steps: ["same org"] });
    expect(await s.organizationNow(s.stack.id("org"))).toMatchObject({ description: "theirs", industry: "ai_ml" });
  });

  it("spelling-may-change: may be returned in another case if case does not count", async () => {
    await s.stack.up({ org: organization({ name: "Org", email: "One@Example.com" }) });
    await s.emulator.api("PATCH", `/organizations/org/`, { email: "one@example.com" });
    expect((await s.stack.refresh()).steps).toEqual(["same org"]);
    const program = { org: organization({ name: "Org", email: "ONE@example.com" }) };
    expect(await s.measured(() => s.stack.up(program))).toMatchObject({ calls: [], steps: ["same org"] });
  });
});

const named = async (name: string) => (await s.emulator.state()).organizations.filter((row) => row.name === name);

describe("creating an Organization", () => {
  it("costs the list, the creation and, for fields that creation does not accept, one update", async () => {
    const { calls } = await s.measured(() =>
      s.stack.up({ org: organization({ name: "Beta", handle: "beta".replace("-", "_") }) }),
    );
    expect(calls).toEqual(["GET /organizations/", "POST /organizations/", `PATCH ${at.beta}`]);
  });

  it("read-only-fields: records neither counts nor the caller's role nor what the program did not declare", async () => {
    await s.stack.up({ org: organization({ name: "Beta" }) });
    const shown = Object.keys(s.stack.outputs("org")).filter((name) => !name.startsWith("__"));
    expect(shown.toSorted()).toEqual(["createdAt", "isVerified", "name", "plan", "slug", "uid"]);
    await s.emulator.join(s.stack.id("org"), person("mia"));
    expect((await s.stack.refresh()).steps).toEqual(["same org"]);
  });

  it("is refused if the name is taken, with the adopt line, which then converges", async () => {
    const refused = await s.measured(() => s.stack.up({ org: organization({ name: "Acme", description: "ours" }) }));
    expect(refused.error?.message).toContain(`adopt: "${uids.acme}"`);
    expect(refused.error?.message).toContain("allowDuplicateName: true");
    expect(refused.error?.message).toContain("[AVALA_GUARD]");
    expect(refused.writes).toEqual([]);

    const adopting = { org: organization({ name: "Acme", description: "ours", adopt: uids.acme }) };
    const adopted = await s.measured(() => s.stack.up(adopting));
    expect(adopted.writes).toEqual([`PATCH ${at.acme}`]);
    expect(s.stack.id("org")).toBe(uids.acme);
    expect(await s.organizationNow()).toMatchObject({ description: "ours" });
    expect(await s.measured(() => s.stack.up(adopting))).toMatchObject({ calls: [], steps: ["same org"] });
  });

  it("adopts by slug as well, and reports an unknown slug", async () => {
    const nobody = await s.measured(() => s.stack.up({ org: organization({ name: "Acme", adopt: "acne" }) }));
    expect(nobody.error?.message).toContain("[AVALA_ORGANIZATION_NOT_FOUND]");
    const adopted = await s.measured(() => s.stack.up({ org: organization({ name: "Acme", adopt: "acme" }) }));
    expect(adopted.writes).toEqual([]);
    expect(s.stack.id("org")).toBe(uids.acme);
  });

  it("creates a second one of the name on request", async () => {
    await s.stack.up({ org: organization({ name: "Acme", allowDuplicateName: true }) });
    expect(s.stack.id("org")).not.toBe(uids.acme);
    expect(await named("Acme")).toHaveLength(2);
  });

  it("records the creation if a later part is refused, and the next up completes it", async () => {
    const taken = await s.measured(() => s.stack.up({ org: organization({ name: "Beta", slug: "acme" }) }));
    expect(taken.error?.message).toContain("[AVALA_INVALID]");
    const { id, initErrors } = s.stack.resources.get("org")!;
    expect(initErrors).toHaveLength(1);
    const healed = await s.measured(() => s.stack.up({ org: organization({ name: "Beta", slug: "beta-2" }) }));
    expect(healed.steps).toEqual(["update org"]);
    expect(healed.writes).toEqual([`PATCH ${at.beta}`]);
    expect(s.stack.resources.get("org")).toMatchObject({ id, initErrors: [] });
    expect(await named("Beta")).toHaveLength(1);
  });
});

describe("deleting an Organization", () => {
  const created = (inputs: object = {}): Program => ({ org: organization({ name: "Beta", ...inputs }) });
  const adopted = (inputs: object = {}): Program => ({
    org: organization({ name: "Acme", adopt: "acme", ...inputs }),
  });
  const exists = async (slug: string) => (await s.emulator.state()).organizations.some((row) => row.slug === slug);

  it.each([
    ["a created one", "beta", () => created(), true],
    ["a created one with onDestroy retain", "beta", () => created({ onDestroy: "retain" }), false],
    ["an adopted one", "acme", () => adopted(), false],
    [
      "an adopted one with onDestroy delete and forceDestroy",
      "acme",
      () => adopted({ onDestroy: "delete", forceDestroy: true }),
      true,
    ],
  ] as const)("%s", async (_, slug, program, goes) => {
    await s.stack.up(program());
    const { writes } = await s.measured(() => s.stack.destroy());
    expect(writes).toEqual(goes ? [`DELETE ${at[slug]}`] : []);
    expect(await exists(slug)).toBe(!goes);
  });

  it("keeps onDestroy, forceDestroy and reason to itself: an update without a write", async () => {
    await s.stack.up(adopted());
    const local = { onDestroy: "delete", forceDestroy: true, reason: "moves to another organization" };
    expect(await s.measured(() => s.stack.up(adopted(local)))).toMatchObject({ steps: ["update org"], writes: [] });
    expect(s.stack.resources.get("org")?.outputs).toMatchObject(local);
    expect(await s.measured(() => s.stack.up(adopted()))).toMatchObject({ steps: ["update org"], writes: [] });
  });

  it("leaves the organization on request", async () => {
    s.stack.environment = s.emulator.environment(await s.keyOf("ada"));
    await s.stack.up(adopted({ onDestroy: "leave" }));
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([`POST ${at.acme}leave/`]);
    expect((await s.organizationNow()).members.map(({ email }) => email)).not.toContain(person("ada"));
  });

  it("one-owner: reports that an owner cannot leave, and keeps the record", async () => {
    await s.stack.up(adopted({ onDestroy: "leave" }));
    expect((await s.measured(() => s.stack.destroy())).error?.message).toContain("[AVALA_INVALID]");
    expect(s.stack.resources.has("org")).toBe(true);
    expect(await exists("acme")).toBe(true);
  });

  it("is refused while data or unmanaged people are inside, and forced on request", async () => {
    const { organizations, ...state } = await s.emulator.state();
    await s.emulator.reset({ ...state, organizations: [{ ...organizations[0]!, datasetCount: 2, sliceCount: 1 }] });
    await s.stack.up(adopted({ onDestroy: "delete" }));
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect(error?.message).toContain("2 datasets, 1 slices");
    expect(error?.message).toContain("3 unmanaged people");
    expect(error?.message).toContain(person("mia"));
    expect(error?.message).toContain("forceDestroy: true");
    expect(writes).toEqual([]);
    await s.stack.up(adopted({ onDestroy: "delete", forceDestroy: true }));
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([`DELETE ${at.acme}`]);
  });

  it("is done if it is gone already and AVALA_ASSUME_DELETED names it", async () => {
    await s.stack.up(created());
    const id = s.stack.id("org");
    await s.emulator.api("DELETE", at.beta);
    s.stack.environment = { ...s.stack.environment, AVALA_ASSUME_DELETED: id };
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect({ error, writes }).toEqual({ error: undefined, writes: [] });
  });

  it.each(["soft", "hard"] as const)("is proven by the list if deletion is %s", async (organizationDelete) => {
    await s.emulator.settings({ organizationDelete });
    await s.stack.up(created());
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([`DELETE ${at.beta}`]);
    await s.stack.up(created());
    expect((await s.emulator.state()).organizations.filter((row) => row.name === "Beta" && row.isActive)).toHaveLength(
      1,
    );
  });

  it("reports the service's own refusal", async () => {
    await s.emulator.settings({ organizationDelete: "refuse" });
    await s.stack.up(adopted({ onDestroy: "delete", forceDestroy: true }));
    expect((await s.measured(() => s.stack.destroy())).error?.message).toContain("[AVALA_CONFLICT]");
    expect(s.stack.resources.has("org")).toBe(true);
  });
});
