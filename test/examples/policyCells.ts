import { ref, type Declared } from "../support/pulumi.js";

/**
 * What the policy pack must refuse and what it must let pass: policy × kind × value. Each cell is a program of one or
 * more resources; policyRules.test.ts gives it to the policies as functions, policyPack.test.ts to the engine.
 */
export interface Cell {
  name: string;
  resources: Declared[];
  /** All policies that it violates, each as `policy resource`, in the order of the alphabet. */
  violates: string[];
  /** The value is at the end of a day: the engine may run after it. */
  isBorder?: boolean;
  /** Stands in a stack of its own. */
  isAlone?: boolean;
}

export const policiesOfResources = [
  "admin-has-reason",
  "allowed-email-domains",
  "ended-access-removed",
  "external-access-ends",
  "force-destroy-has-reason",
  "organization-protected",
];

export const listedUid = "3f2c8a52-2f3e-4a55-9a43-0e6f6d1f9a10";
const otherUid = "3f2c8a52-2f3e-4a55-9a43-0e6f6d1f9a11";

/** Configuration of the policies for the cells. */
export const configOfCells = {
  "external-access-ends": { domains: ["Example.com", "bücher.example"], uids: [listedUid.toUpperCase()] },
  "allowed-email-domains": { domains: ["example.com", "bücher.example", "example.org"], uids: [listedUid] },
};

/** Declared before the cells: the owners of their people, and a resource whose outputs no preview knows. */
export const scene: Declared[] = [
  { kind: "Organization", name: "acme", args: { name: "Acme" }, options: { protect: true } },
  { kind: "Team", name: "new", args: { organization: ref("acme"), name: "new" } },
  { kind: "Team", name: "core", args: { organization: ref("acme"), name: "core" } },
];

const unknown = ref("new", "slug");
const secret = (value: unknown) => ({ $secret: value });
const entries = <T extends object>(values: T) => Object.entries(values) as [keyof T & string, T[keyof T & string]][];
const without = (args: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));

let count = 0;
/** Nobody is declared twice. */
const somebody = (domain = "example.com") => `p${++count}@${domain}`;

/** A cell of one resource; `policies` are those that it violates. */
function cell(
  what: string,
  kind: Declared["kind"],
  args: Record<string, unknown>,
  policies: string[],
  more = {},
): Cell {
  const name = `${kind}-${what}`.replace(/\W+/g, "-");
  const violates = policies.map((policy) => `${policy} ${name}`).toSorted();
  return { name, resources: [{ kind, name, args: without(args), ...more }], violates };
}

/** Reasons, and whether they are good enough. */
const reasons: Record<string, [value: unknown, isEnough: boolean]> = {
  none: [undefined, false],
  dot: [".", false],
  dots: ["- . . . . . . -", false],
  four: ["n/a x!?", false],
  unknown: [unknown, false],
  "secret dot": [secret("."), false],
  five: ["1st line", true],
  words: ["on call", true],
  letters: ["当番のため", true],
  "secret words": [secret("on call"), true],
};

/** Roles in an organization, and whether they may be admin. */
const roles: Record<string, [value: unknown, mayBeAdmin: boolean]> = {
  none: [undefined, false],
  member: ["member", false],
  "secret member": [secret("member"), false],
  admin: ["admin", true],
  "secret admin": [secret("admin"), true],
  unknown: [unknown, true],
};

const admins: Cell[] = [
  ...entries(roles).flatMap(([roleName, [role, isAdmin]]) =>
    entries(reasons).map(([reasonName, [reason, isEnough]]) =>
      cell(
        `role ${roleName} reason ${reasonName}`,
        "OrganizationMember",
        { organization: ref("acme"), email: somebody(), role, reason },
        isAdmin && !isEnough ? ["admin-has-reason"] : [],
      ),
    ),
  ),
  ...entries(roles).map(([name, [role, isAdmin]]) =>
    cell(
      `role ${name}`,
      "Invitation",
      { organization: ref("acme"), email: somebody(), role },
      isAdmin ? ["admin-has-reason"] : [],
    ),
  ),
  cell("lead", "TeamMembership", { team: ref("core"), email: somebody(), role: "lead" }, []),
];

/** The people of a component are resources of their own: their names follow from its name. */
function people(what: string, person: Record<string, unknown>, ofMember: string[], ofMembership: string[]): Cell {
  const name = `People-${what}`.replace(/\W+/g, "-");
  const who = String(person["email"] ?? person["user"]);
  const args = { organization: ref("acme"), teams: { core: ref("core") }, people: [{ teams: ["core"], ...person }] };
  const violates = [
    ...ofMember.map((policy) => `${policy} ${name}-${who}`),
    ...ofMembership.map((policy) => `${policy} ${name}-${who}-core`),
  ];
  return { name, resources: [{ kind: "People", name, args }], violates: violates.toSorted() };
}

const component: Cell[] = [
  people("member", { email: somebody() }, [], []),
  people("admin", { email: somebody(), role: "admin" }, ["admin-has-reason"], []),
  people("admin dot", { email: somebody(), role: "admin", reason: "." }, ["admin-has-reason"], []),
  people("admin words", { email: somebody(), role: "admin", reason: "on call" }, [], []),
  people("external", { email: somebody("example.org") }, ["external-access-ends"], ["external-access-ends"]),
  people(
    "external for ever",
    { email: somebody("example.org"), validUntil: "9999-12-31" },
    ["external-access-ends"],
    ["external-access-ends"],
  ),
  people("external with end", { email: somebody("example.org"), validUntil: dayAfter(9) }, [], []),
];

export function dayAfter(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

interface End {
  value: unknown;
  /** In the past, or not known. */
  isOver?: boolean;
  /** Good enough for an external person. */
  isEnd?: boolean;
  isBorder?: boolean;
}

const ends: Record<string, End> = {
  none: { value: undefined },
  "last year": { value: dayAfter(-366), isOver: true },
  yesterday: { value: dayAfter(-1), isOver: true },
  today: { value: dayAfter(0), isEnd: true, isBorder: true },
  "in a week": { value: dayAfter(7), isEnd: true },
  "secret in a week": { value: secret(dayAfter(7)), isEnd: true },
  "secret yesterday": { value: secret(dayAfter(-1)), isOver: true },
  "in 366 days": { value: dayAfter(366), isEnd: true },
  "in 367 days": { value: dayAfter(367), isBorder: true },
  "in 400 days": { value: dayAfter(400) },
  never: { value: "9999-12-31" },
  unknown: { value: unknown, isOver: true },
};

interface Who {
  named: () => { email: unknown } | { user: unknown };
  isExternal?: boolean;
  isRefused?: boolean;
}

const email = (make: () => unknown, isExternal: boolean, isRefused: boolean): Who => ({
  named: () => ({ email: make() }),
  isExternal,
  isRefused,
});
const user = (uid: unknown, isOutside: boolean): Who => ({
  named: () => ({ user: uid }),
  isExternal: isOutside,
  isRefused: isOutside,
});

const whos: Record<string, Who> = {
  own: email(() => somebody("example.com"), false, false),
  "own in capitals": email(() => somebody("EXAMPLE.COM"), false, false),
  "own in ASCII": email(() => somebody("xn--bcher-kva.example"), false, false),
  "own in letters": email(() => somebody("bücher.example"), false, false),
  "secret own": email(() => secret(somebody()), false, false),
  partner: email(() => somebody("example.org"), true, false),
  subdomain: email(() => somebody("a.example.com"), true, true),
  "domain as prefix": email(() => somebody("example.com.example.net"), true, true),
  "domain as suffix": email(() => somebody("notexample.com"), true, true),
  foreign: email(() => somebody("example.net"), true, true),
  "secret foreign": email(() => secret(somebody("example.net")), true, true),
  "unknown email": email(() => unknown, true, true),
  "listed uid": user(listedUid, false),
  "other uid": user(otherUid, true),
  "unknown uid": user(unknown, true),
};

const external: Cell[] = (["OrganizationMember", "TeamMembership"] as const).flatMap((kind) =>
  entries(whos).flatMap(([whoName, who]) =>
    entries(ends).map(([endName, end]) => ({
      ...cell(
        `${whoName} until ${endName}`,
        kind,
        {
          // A uid is declared once in an organization: each cell has its own.
          ...(kind === "OrganizationMember" ? { organization: ownOrganization() } : { team: ownTeam() }),
          ...who.named(),
          validUntil: end.value,
        },
        [
          ...(who.isExternal && !end.isEnd ? ["external-access-ends"] : []),
          ...(who.isRefused ? ["allowed-email-domains"] : []),
          ...(end.isOver ? ["ended-access-removed"] : []),
        ],
      ),
      isBorder: end.isBorder ?? false,
    })),
  ),
);

function ownOrganization(): string {
  return `organization-${++count}`;
}

function uidOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

function ownTeam(): string {
  return `${uidOf(1)}/${uidOf(++count)}`;
}

const refusedWhos = ({ isExternal, isRefused }: Who) => [
  ...(isExternal ? ["external-access-ends"] : []),
  ...(isRefused ? ["allowed-email-domains"] : []),
];

const endless: Cell[] = [
  ...entries(whos)
    .filter(([, who]) => "email" in who.named())
    .map(([name, who]) =>
      cell(name, "Invitation", { organization: ownOrganization(), ...who.named() }, refusedWhos(who)),
    ),
  ...entries(whos).flatMap(([name, who]) => {
    const value = Object.values(who.named())[0] as unknown;
    if (typeof value !== "string") return [];
    const members = { [value]: "member", [somebody()]: "lead" };
    return [
      cell(`with ${name}`, "TeamRoster", { team: ownTeam(), members }, refusedWhos(who)),
      cell(`secret with ${name}`, "TeamRoster", { team: ownTeam(), members: secret(members) }, refusedWhos(who)),
    ];
  }),
  cell("empty", "TeamRoster", { team: ownTeam(), members: {} }, []),
  ...entries({ people: unknown, role: { [somebody()]: unknown } }).map(([name, members]) =>
    cell(`unknown ${name}`, "TeamRoster", { team: ownTeam(), members }, [
      "allowed-email-domains",
      "external-access-ends",
    ]),
  ),
];

/** Values of forceDestroy, and whether they may be true. */
const forced: Record<string, [value: unknown, mayForce: boolean]> = {
  none: [undefined, false],
  false: [false, false],
  "secret false": [secret(false), false],
  true: [true, true],
  "secret true": [secret(true), true],
  unknown: [unknown, true],
};

const destroyed: Cell[] = entries(forced).flatMap(([name, [forceDestroy, mayForce]]) =>
  entries(reasons).flatMap(([reasonName, [reason, isEnough]]) => {
    const what = `force ${name} reason ${reasonName}`;
    const violates = mayForce && !isEnough ? ["force-destroy-has-reason"] : [];
    const args = { name: `${what} ${++count}`, forceDestroy, reason };
    return [
      cell(what, "Organization", args, violates, { options: { protect: true } }),
      cell(what, "Team", { organization: ref("acme"), ...args }, violates),
    ];
  }),
);

const protectedOnes: Cell[] = [
  cell("protected", "Organization", { name: "protected" }, [], { options: { protect: true } }),
  cell("not protected", "Organization", { name: "not protected" }, ["organization-protected"], {
    options: { protect: false },
  }),
  cell("unsaid", "Organization", { name: "unsaid" }, ["organization-protected"]),
];

export const cells: Cell[] = [...admins, ...component, ...external, ...endless, ...destroyed, ...protectedOnes];
