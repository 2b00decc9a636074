import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { read, root, under } from "./support.js";

/* What GitHub reads of this repository: forms, Dependabot, owners. GitHub shows nothing, and says nothing, where a file is wrong. */

const text = z.string().min(1);
const id = z.string().regex(/^[\w-]+$/);
const validations = z.strictObject({ required: z.boolean() }).optional();
const base = { label: text, description: text.optional() };

/** Elements of forms: https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema */
const element = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("markdown"), attributes: z.strictObject({ value: text }) }),
  z.strictObject({
    type: z.literal("input"),
    id,
    attributes: z.strictObject({ ...base, placeholder: text.optional(), value: text.optional() }),
    validations,
  }),
  z.strictObject({
    type: z.literal("textarea"),
    id,
    attributes: z.strictObject({
      ...base,
      placeholder: text.optional(),
      value: text.optional(),
      render: text.optional(),
    }),
    validations,
  }),
  z.strictObject({
    type: z.literal("checkboxes"),
    id,
    attributes: z.strictObject({
      ...base,
      options: z.array(z.strictObject({ label: text, required: z.boolean().optional() })).min(1),
    }),
  }),
]);
const form = z.strictObject({ name: text, description: text, labels: z.array(text), body: z.array(element).min(1) });
const chooser = z.strictObject({
  blank_issues_enabled: z.boolean(),
  contact_links: z.array(z.strictObject({ name: text, url: z.url(), about: text })),
});
type Form = z.infer<typeof form>;

const folder = ".github/ISSUE_TEMPLATE";
const forms = readdirSync(join(root, folder)).filter((name) => name !== "config.yml");
const yaml = (path: string): unknown => parse(read(path));
const asked = ({ body }: Form) => body.flatMap((one) => (one.type === "markdown" ? [] : [one]));

it.each(forms)("%s is a form, with fields that differ", (name) => {
  const fields = asked(form.parse(yaml(`${folder}/${name}`)));
  for (const names of [fields.map((one) => one.id), fields.map(({ attributes }) => attributes.label)])
    expect(new Set(names).size).toBe(names.length);
});

it.each([
  ["a field without a label", { type: "input", id: "a", attributes: {} }],
  ["a field of an unknown type", { type: "text", id: "a", attributes: { label: "A" } }],
  ["a field with an unknown attribute", { type: "input", id: "a", attributes: { label: "A", render: "ts" } }],
  ["no field", undefined],
])("a form with %s is found out", (_, field) => {
  const body = field === undefined ? [] : [field];
  expect(form.safeParse({ name: "A", description: "A", labels: [], body }).success).toBe(false);
});

it("the form for bugs asks for doctor, and everybody has to confirm that no secrets are in it", () => {
  const bug = form.parse(yaml(`${folder}/bug.yml`));
  expect(asked(bug).find((one) => one.id === "doctor")?.attributes.label).toContain("npx pulumi-avala doctor --json");
  expect(asked(bug).at(-1)).toMatchObject({ type: "checkboxes", attributes: { options: [{ required: true }] } });
  expect(JSON.stringify(bug.body[0])).toMatch(/keys.*accept links.*addresses.*in private/);
});

it("vulnerabilities are reported in private, and issues come from a form", () => {
  const { blank_issues_enabled, contact_links } = chooser.parse(yaml(`${folder}/config.yml`));
  expect(blank_issues_enabled).toBe(false);
  expect(contact_links.map(({ url }) => url)).toContain(
    "https://github.com/avala-ai/pulumi-avala/security/advisories/new",
  );
});

describe("Dependabot", () => {
  const update = z.strictObject({
    "package-ecosystem": z.enum(["npm", "github-actions", "pip", "docker", "gomod"]),
    directory: text.optional(),
    directories: z.array(text).optional(),
    schedule: z.strictObject({ interval: z.literal("weekly"), day: z.literal("tuesday") }),
    cooldown: z.strictObject({ "default-days": z.number().min(7) }),
    groups: z.record(text, z.record(text, z.unknown())).optional(),
    ignore: z.array(z.strictObject({ "dependency-name": text, versions: z.array(text).optional() })).optional(),
    allow: z.array(z.strictObject({ "dependency-type": z.literal("all") })).optional(),
    "open-pull-requests-limit": z.literal(0).optional(),
  });
  const configuration = z.strictObject({ version: z.literal(2), updates: z.array(update) });
  const { updates } = configuration.parse(yaml(".github/dependabot.yml"));
  const watched = (ecosystem: string) =>
    updates
      .filter((one) => one["package-ecosystem"] === ecosystem)
      .flatMap(({ directory, directories = [] }) => [...directories, ...(directory === undefined ? [] : [directory])])
      .map((path) => path.slice(1))
      .toSorted();
  const folders = (ending: string) =>
    [".github", "emulator", "examples", "scripts", "test"]
      .flatMap((room) => under(room, ending))
      .map((path) => path.slice(0, path.lastIndexOf("/")))
      .toSorted();

  it.each([
    ["pip", [...folders("requirements.txt"), ".github/requirements"].toSorted()],
    ["docker", folders("Containerfile")],
    ["gomod", folders("go.mod")],
    ["npm", [""]],
    ["github-actions", ["", ".github/actions/prepare"]],
  ])("watches every file of %s", (ecosystem, expected) => {
    expect(watched(ecosystem)).toEqual(expected);
    expect(expected.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("ignores only what the project has", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
      string,
      Record<string, string>
    >;
    const npm = updates.filter((one) => one["package-ecosystem"] === "npm");
    const names = npm.flatMap(({ ignore = [] }) => ignore.map((one) => one["dependency-name"]));
    expect(names.filter((name) => !Object.hasOwn({ ...dependencies, ...devDependencies }, name))).toEqual([]);
  });
});

it.each([...under(".github", ".yml"), ...under("examples/github-actions", ".yml")])(
  "%s: every action by its commit, and its version beside it",
  (path) => {
    const used = [...read(path).matchAll(/\buses: (.+)/g)].map(([, name]) => name!);
    const others = used.filter((name) => !name.startsWith("avala-ai/pulumi-avala/"));
    expect(others.filter((name) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(name))).toEqual([]);
  },
);

it("one commit for each version of an action", () => {
  const used = under(".github", ".yml").flatMap((path) =>
    [...read(path).matchAll(/\buses: ([\w-]+\/[\w-]+)[\w/-]*(@[0-9a-f]{40} # v\S+)/g)].map(
      ([, name, pin]) => name! + pin!,
    ),
  );
  const pins = [...new Set(used)];
  expect(new Set(pins.map((pin) => pin.split("@")[0])).size).toBe(pins.length);
});
