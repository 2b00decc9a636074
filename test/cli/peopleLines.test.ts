import { parse } from "yaml";
import type { Finding } from "../../cli/drift/finding.js";
import { peopleComponents, peopleLines } from "../../cli/drift/peopleFiles.js";
import { yamlOf } from "../../cli/drift/report.js";
import type { Managed } from "../../cli/pulumi/managed.js";

const acme = { uid: "a", slug: "acme", name: "Acme" };
const [core, labs] = [
  { uid: "c", name: "Core" },
  { uid: "l", name: "Labs" },
];
const uid = "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11";

const resource = (kind: Managed["kind"], name: string, outputs: object, isInPeople = true, teamUid?: string) =>
  ({
    kind,
    name,
    urn: `urn:pulumi:dev::p::${isInPeople ? "avala:index:People$" : ""}pulumi-nodejs:dynamic/avala:${kind}::${name}`,
    organizationUid: acme.uid,
    teamUid,
    who: undefined,
    outputs,
  }) as unknown as Managed;
const member = (component: string, email: string) =>
  resource("OrganizationMember", `${component}-${email}`, { email: email.toUpperCase() });
const place = (component: string, email: string, key: string, teamUid: string) =>
  resource("TeamMembership", `${component}-${email}-${key}`, { email }, true, teamUid);
const team = (name: string, teamUid: string) => resource("Team", name, {}, false, teamUid);

const found = (
  subject: Finding["subject"],
  person: Finding["person"],
  role?: string,
  of?: Finding["team"],
): Finding => ({
  kind: "unmanaged",
  subject,
  organization: acme,
  person,
  role,
  team: of,
  message: "",
  repair: "",
  import: { type: "t", name: "n", id: "i" },
});
const eve = { email: "eve@example.com", userUid: uid };

const staff = [
  member("my-staff", "ada@example.com"),
  place("my-staff", "ada@example.com", "first-team", core.uid),
  team("core", core.uid),
  team("labs", labs.uid),
];

it.each<[string, Managed[], Finding[], string]>([
  ["a member", staff, [found("person", eve, "member")], "- email: eve@example.com\n"],
  [
    "an admin in teams, under the key in use, else the name of the Team",
    staff,
    [
      found("person", eve, "admin"),
      found("teamMembership", eve, "member", labs),
      found("teamMembership", { userUid: uid }, "lead", core),
    ],
    "- email: eve@example.com\n  role: admin\n  teams: { first-team: lead, labs: member }\n",
  ],
  [
    "an invitation",
    staff,
    [found("invitation", { email: "fay@example.com" }, "admin")],
    "- email: fay@example.com\n  role: admin\n",
  ],
  ["somebody without an address", staff, [found("person", { userUid: uid }, "member")], `- user: "${uid}"\n`],
  [
    "a hostile address",
    staff,
    [found("person", { email: 'e"\n- x: y@example.com' })],
    '- email: "e\\"\\n- x: y@example.com"\n',
  ],
  [
    "a team of somebody who is listed",
    staff,
    [found("teamMembership", { email: "ada@example.com" }, "lead", labs)],
    "# ada@example.com: add labs: lead to teams\n",
  ],
  [
    "two people",
    staff,
    [found("person", eve), found("person", { email: "fay@example.com" })],
    "- email: eve@example.com\n\n- email: fay@example.com\n",
  ],
])("the lines for %s", (_what, managed, findings, expected) => {
  const [lines, ...more] = peopleLines(findings, peopleComponents(managed));
  expect(more).toEqual([]);
  expect(lines).toMatchObject({ component: "my-staff", organization: acme.uid });
  expect(yamlOf(lines!)).toBe(expected);
  const people = (parse(lines!.yaml) ?? []) as object[];
  expect(people).toHaveLength(findings.filter(({ subject }) => subject !== "teamMembership").length);
});

it.each<[string, Managed[], Finding[]]>([
  [
    "without People",
    [resource("OrganizationMember", "ada", { email: "ada@example.com" }, false)],
    [found("person", eve)],
  ],
  ["without unmanaged people", staff, [found("team", undefined, undefined, labs)]],
  ["of another organization", staff, [{ ...found("person", eve), organization: { ...acme, uid: "b" } }]],
  [
    "of a roster's people, which are in its members",
    staff,
    [{ ...found("teamMembership", eve), import: undefined } as Finding],
  ],
  ["of a team membership of somebody in no list", staff, [found("teamMembership", eve, "lead", labs)]],
])("there are none %s", (_what, managed, findings) => {
  expect(peopleLines(findings, peopleComponents(managed))).toEqual([]);
});

it("are for the first of several components, and know who is in the others", () => {
  const managed = [...staff, member("guests", "gil@example.com")];
  const findings = [found("person", eve), found("teamMembership", { email: "gil@example.com" }, "member", core)];
  expect(peopleLines(findings, peopleComponents(managed))).toEqual([
    {
      component: "my-staff",
      organization: acme.uid,
      yaml: "- email: eve@example.com\n",
      more: [{ person: "gil@example.com", team: "first-team", role: "member" }],
    },
  ]);
});
