import { previewOf } from "../../cli/pulumi/preview.js";
import { reviewOf, type Review } from "../../cli/review/report.js";
import { previewDocument, summaryOf, type Planned } from "./previews.js";

/*
 * A review reads a preview that it understands as a whole: its form, every step of this provider, and the sums. And it sees
 * what the engine does with each step.
 */

const uid = (digits: string) => `${digits.padStart(8, "0")}-0000-4000-8000-000000000000`;
const [acme, core] = [uid("ace"), uid("c")];
const email = (name: string) => `${name}@example.com`;

const organization = (more: Partial<Planned> = {}): Planned => ({
  op: "same",
  kind: "Organization",
  name: "acme",
  id: acme,
  was: { name: "Acme", slug: "acme", __created: true },
  is: { name: "Acme" },
  ...more,
});
const team = (more: Partial<Planned> = {}): Planned => ({
  op: "same",
  kind: "Team",
  name: "core",
  id: `${acme}/${core}`,
  was: { name: "Core", organization: acme },
  is: { name: "Core", organization: acme },
  ...more,
});
/** Goes, unless `more` says otherwise. */
const member = (name: string, more: Partial<Planned> = {}): Planned => ({
  kind: "OrganizationMember",
  name,
  id: `${acme}/${email(name)}`,
  was: { email: email(name), organization: acme, role: "member", status: "active" },
  ...more,
});
const membership = (name: string, more: Partial<Planned> = {}): Planned => ({
  kind: "TeamMembership",
  name: `core-${name}`,
  id: `${acme}/${core}/${email(name)}`,
  was: { email: email(name), team: `${acme}/${core}`, role: "member", status: "active" },
  ...more,
});
const urnOf = (kind: string, name: string) => `urn:pulumi:test::project::pulumi-nodejs:dynamic/avala:${kind}::${name}`;

type Document = Record<string, unknown> & { steps: Record<string, unknown>[]; changeSummary: Record<string, number> };
const documentOf = (planned: readonly Planned[]) => previewDocument(planned) as Document;
const reviewed = (document: unknown): Review => reviewOf(previewOf(document), { maxRemovals: 10, domains: [] });
const linesOf = ({ changes }: Review) =>
  changes.map(({ effect, person, team: inside, after }) =>
    [effect, person.email ?? person.hidden, inside?.name ?? "Acme", after?.managed === false ? "unmanaged" : ""]
      .filter(Boolean)
      .join(" "),
  );

describe("a document that is not a whole preview is refused", () => {
  const whole = documentOf([organization(), team(), member("ada"), membership("ada")]);
  const withStep = (change: (step: Record<string, unknown>) => object) => ({
    ...whole,
    steps: whole.steps.map((step) => (step["op"] === "delete" ? { ...step, ...change(step) } : step)),
  });
  const cases: [string, unknown][] = [
    ["no object", []],
    ["null", null],
    ["a duration alone", { duration: 0 }],
    ["a summary without steps", { duration: 0, changeSummary: { delete: 4 } }],
    ["steps without a summary", { duration: 0, steps: whole.steps }],
    ["the shape of --output json", { result: "succeeded", summary: { create: 1 }, resources: [] }],
    ["an exported stack", { version: 3, deployment: { resources: [] } }],
    ["steps that are no objects", { ...whole, steps: ["delete"] }],
    ["a deletion that the summary does not count", { ...whole, changeSummary: summaryOf(["same", "same"]) }],
    ["a deletion that is not listed", { ...whole, steps: whole.steps.filter(({ op }) => op !== "delete") }],
    ["one deletion too few", { ...whole, changeSummary: { ...whole.changeSummary, delete: 3 } }],
    ["an update counted and not listed", { ...whole, changeSummary: { ...whole.changeSummary, update: 1 } }],
    ["a sum that is no number", { ...whole, changeSummary: { ...whole.changeSummary, delete: "many" } }],
    ["a deletion without its state", withStep(() => ({ oldState: undefined }))],
    ["a deletion whose state has no type", withStep(() => ({ oldState: { urn: "x" } }))],
    ["a step without a URN", withStep(() => ({ urn: undefined }))],
    [
      "a kind that is not known",
      withStep(({ oldState }) => ({
        oldState: { ...(oldState as object), type: "pulumi-nodejs:dynamic/avala:Workspace" },
      })),
    ],
    [
      "a kind with more in its name",
      withStep(({ oldState }) => ({
        oldState: { ...(oldState as object), type: "pulumi-nodejs:dynamic/avala:Team/v2" },
      })),
    ],
    ["a step of a kind that is not known", { ...whole, steps: [...whole.steps, { ...whole.steps[2], op: "evict" }] }],
    ["a sum of steps that are not known", { ...whole, changeSummary: { ...whole.changeSummary, evict: 1 } }],
    [
      "a deletion without an id",
      withStep(({ oldState }) => ({ oldState: { ...(oldState as object), id: undefined } })),
    ],
    ["an error of the program", { ...whole, diagnostics: [{ severity: "error", message: "it failed" }] }],
  ];

  it.each(cases)("%s", (_, document) => {
    expect(() => previewOf(document)).toThrow(expect.objectContaining({ code: "AVALA_PREVIEW" }));
  });

  it("the whole one is read", () => {
    expect(linesOf(reviewed(whole))).toEqual(["loses ada@example.com Acme", "loses ada@example.com Core"]);
  });
});

describe("what the engine does with a deletion", () => {
  const retained = { more: { retainOnDelete: true } };
  const withTeam = { more: { deletedWith: urnOf("Team", "core") } };
  const goes = { op: "delete" } as const;
  const gone = { is: undefined, ...goes } as unknown as Partial<Planned>;
  const replaced = (more: object = {}): Partial<Planned> => ({
    op: "replace",
    is: { name: "Core", organization: uid("be7a") },
    ...more,
  });
  const cases: [string, Planned[], string[]][] = [
    ["takes access away", [team(), membership("ada")], ["loses ada@example.com Core"]],
    ["retainOnDelete", [team(), membership("ada", retained)], ["keeps ada@example.com Core unmanaged"]],
    ["deletedWith a team that stays", [team(), membership("ada", withTeam)], ["loses ada@example.com Core"]],
    ["deletedWith a team that goes", [team(gone), membership("ada", withTeam)], ["loses ada@example.com Core"]],
    [
      "C4: deletedWith a team that goes from the state alone",
      [team({ ...gone, ...retained }), membership("ada", withTeam)],
      ["keeps ada@example.com Core unmanaged"],
    ],
    [
      "deletedWith a team that is replaced",
      [team(replaced()), membership("ada", withTeam)],
      ["loses ada@example.com Core"],
    ],
    [
      "deletedWith a team that is replaced and left alone, where it is not known which comes first",
      [team({ ...replaced(), ...retained }), membership("ada", withTeam)],
      ["loses ada@example.com Core"],
    ],
    [
      "deletedWith a resource of another provider that goes",
      [
        team(),
        { op: "delete", kind: "Other", name: "user", id: "1", was: { name: "user" } },
        membership("ada", { more: { deletedWith: "urn:pulumi:test::project::aws:iam/user:User::user" } }),
      ],
      ["keeps ada@example.com Core unmanaged"],
    ],
    [
      "C7: of somebody who has no access any more",
      [
        team(),
        membership("ada", { was: { email: email("ada"), team: `${acme}/${core}`, role: "member", status: "gone" } }),
      ],
      ["without ada@example.com Core"],
    ],
  ];

  it.each(cases)("%s", (_, planned, expected) => {
    expect(linesOf(reviewed(documentOf([organization(), ...planned])))).toEqual(expected);
  });

  it("a replaced team is deleted unless both sides say that it is left alone", () => {
    const endings = [false, true].flatMap((was) =>
      [false, true].map((is) => {
        const document = documentOf([organization(), team(replaced())]);
        const step = document.steps[1] as { oldState: object; newState: object };
        step.oldState = { ...step.oldState, retainOnDelete: was };
        step.newState = { ...step.newState, retainOnDelete: is };
        return reviewed(document).acts.find(({ organization: { uid: id } }) => id === acme)?.act;
      }),
    );
    expect(endings).toEqual(["delete", "delete", "delete", "forget"]);
  });

  it("a replaced resource is left alone only where both sides say so", () => {
    const document = documentOf([
      organization(),
      member("ada", { op: "replace", is: { email: email("bob"), organization: acme, role: "member" } }),
    ]);
    const step = document.steps[1] as { oldState: object };
    step.oldState = { ...step.oldState, retainOnDelete: true };
    expect(linesOf(reviewed(document))).toEqual(["loses ada@example.com Acme", "invited bob@example.com Acme"]);
  });
});

describe("steps of a replacement", () => {
  const replaced = member("ada", { op: "replace", is: { email: email("ada"), organization: acme, role: "member" } });
  const part = (op: string, id: string, name = "ada") => {
    const [step] = documentOf([member(name)]).steps as [{ urn: string; oldState: object }];
    return { ...step, op, urn: urnOf("OrganizationMember", "ada"), oldState: { ...step.oldState, id } };
  };

  it("are one change, with or without their parts", () => {
    const short = documentOf([organization(), replaced]);
    const creation = { ...short.steps[1], op: "create-replacement" };
    const long = { ...short, steps: [...short.steps, creation, part("delete-replaced", `${acme}/${email("ada")}`)] };
    expect(reviewed(long).changes).toEqual(reviewed(short).changes);
    expect([reviewed(short).complete, reviewed(long).complete]).toEqual([false, true]);
  });

  it("the left deletion of a team does not keep the memberships that go with it", () => {
    const [old] = documentOf([team({ op: "delete", is: undefined } as unknown as Partial<Planned>)]).steps as [object];
    const withTeam = { more: { deletedWith: urnOf("Team", "core") } };
    const document = documentOf([organization(), team(), membership("ada", withTeam)]);
    document.steps.push({
      ...old,
      op: "delete-replaced",
      oldState: { ...(old as { oldState: object }).oldState, id: `${acme}/${uid("0ld")}` },
    });
    expect(linesOf(reviewed(document))).toEqual(["loses ada@example.com Core"]);
  });

  it("bug: a deletion that an interrupted run has left is a loss, which the summary does not count", () => {
    const same = member("ada", { op: "same", is: { email: email("ada"), organization: acme, role: "member" } });
    const document = documentOf([organization(), same]);
    document.steps.push(part("delete-replaced", `${acme}/${email("cleo")}`, "cleo"));
    expect(linesOf(reviewed(document))).toEqual(["loses cleo@example.com Acme"]);
  });
});

describe("a run of a part", () => {
  it("does not make what --target and --exclude leave out, and says how much that is", () => {
    const document = documentOf([organization()]);
    const urn = urnOf("OrganizationMember", "zoe");
    const state = { urn, custom: true, type: "pulumi-nodejs:dynamic/avala:OrganizationMember" };
    document.steps.push({ op: "same", urn, oldState: state, newState: state });
    document.changeSummary["same"] = 2;
    const review = reviewed(document);
    expect([review.changes, review.leftOut, review.complete]).toEqual([[], 1, true]);
  });
});

describe("an organization by slug, without a resource of its own (C3)", () => {
  const bySlug = (name: string, more: Partial<Planned>) =>
    member("bob", {
      name,
      was: { email: email("bob"), organization: "acme", role: "member", status: "active" },
      ...more,
    });
  const declared = { email: email("bob"), organization: "acme", role: "member" };

  it("is the one that the state names beside the slug", () => {
    const document = documentOf([
      bySlug("bob0", {}),
      { ...bySlug("bob1", { is: declared }), was: undefined, id: undefined } as never,
    ]);
    const review = reviewed(document);
    expect(review.changes.map(({ effect, organization: { name } }) => [effect, name])).toEqual([["keeps", "acme"]]);
  });

  it("is not known where two organizations have had the slug", () => {
    const elsewhere = { ...bySlug("eve", { op: "same", is: declared }), id: `${uid("be7a")}/${email("eve")}` };
    const document = documentOf([
      bySlug("bob0", {}),
      elsewhere,
      { ...bySlug("bob1", { is: declared }), was: undefined, id: undefined } as never,
    ]);
    expect(linesOf(reviewed(document)).map((one) => one.split(" ")[0])).toEqual(["loses", "invited"]);
  });
});

describe("another provider", () => {
  const providerUrn = (name: string) => `urn:pulumi:test::project::pulumi:providers:pulumi-nodejs::${name}`;
  const declared = { email: email("ada"), organization: acme, role: "member" };
  const moved = (from: string, to: string) => {
    const document = documentOf([organization(), member("ada", { op: "same", is: declared })]);
    const step = document.steps[1] as { oldState: object; newState: object };
    step.oldState = { ...step.oldState, provider: `${providerUrn(from)}::1` };
    step.newState = { ...step.newState, provider: `${providerUrn(to)}::2` };
    return document;
  };

  it.each([
    ["default", "default_3_270_0", []],
    ["default_3_216_0", "default_3_270_0", []],
    ["default", "p", ["unknown-access"]],
    ["p", "default", ["unknown-access"]],
    ["p", "q", ["unknown-access"]],
    ["p", "p", []],
  ] as const)("from %s to %s, which the engine calls the same: %j", (from, to, expected) => {
    const review = reviewed(moved(from, to));
    expect(review.warnings.map(({ rule }) => rule)).toEqual(expected);
    expect(review.changes.map(({ effect }) => effect)).toEqual(expected.map(() => "details"));
  });

  it.each([
    ["another base URL", { "avala:baseUrl": "x" }, { "avala:baseUrl": "y" }, true],
    ["a base URL that is new", {}, { "avala:baseUrl": "y" }, true],
    ["a secret base URL", { "avala:baseUrl": "[secret]" }, { "avala:baseUrl": "[secret]" }, true],
    ["another key of the same deployment", { "avala:apiKeyEnv": "AVALA_A" }, { "avala:apiKeyEnv": "AVALA_B" }, false],
  ] as const)("whose settings change may mean another deployment: %s", (_, before, after, expected) => {
    for (const op of ["update", "replace"]) {
      const document = moved("p", "p");
      const state = { urn: providerUrn("p"), custom: true, type: "pulumi:providers:pulumi-nodejs" };
      const [oldState, newState] = [before, after].map((inputs) => ({ ...state, inputs }));
      document.steps.push({ op, urn: providerUrn("p"), oldState, newState });
      document.changeSummary[op] = 1;
      const rules = reviewed(document).warnings.map(({ rule }) => rule);
      expect(rules).toEqual(expected ? ["unknown-access"] : []);
    }
  });
});
