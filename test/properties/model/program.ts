import { idOf, type Declaration, type Program } from "../../support/stack.js";
import type { Kind, Properties } from "../../support/host.js";

/** One declaration of a random program, with the object that it declares. */
export interface Item {
  kind: Kind;
  /** Its organization: `acme`, `twin` (Acme of the other deployment), or a name for one that the program creates. */
  organization: string;
  /** Its team: `core`, or a number for one that the program creates. */
  team?: string;
  /** How the program writes the scope: the resource, or this text. Organizations have none. */
  scope?: string;
  /** Name of the declared person. */
  who?: string;
  /** How the program writes the person. */
  spelling?: { email: string } | { user: string };
  /** All other inputs in the program. */
  fields: Properties;
  /** People of a roster, as the program writes them, by name of the person. */
  members?: Record<string, { text: string; role: string }>;
  /** If it is replaced, it is deleted first. */
  deleteFirst?: true;
  /** Whether it is deleted with the resource it is in, if the program sets the option. */
  goesWith?: boolean;
  /** `twin` uses the other deployment. */
  provider?: "tenant" | "twin";
}

/** By logical name. */
export type Items = Map<string, Item>;

/** Logical name of the item that stands for an organization or team. */
export function nameOf(items: Items, kind: "organization" | "team", which: string | undefined): string | undefined {
  return [...items].find(([, item]) => item.kind === kind && item[kind] === which)?.[0];
}

const order: Kind[] = ["organization", "team", "organizationMember", "invitation", "teamMembership", "teamRoster"];

/** In an order that satisfies the dependencies. */
export function inOrder<Row extends { kind: Kind }>(rows: Iterable<[string, Row]>): [string, Row][] {
  return [...rows].toSorted(([, one], [, other]) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

/** The program as the engine's stand-in takes it. */
export function programOf(items: Items): Program {
  return Object.fromEntries(inOrder(items).map(([name, item]) => [name, declarationOf(items, item)]));
}

function declarationOf(items: Items, item: Item): Declaration {
  const { kind, organization, team, scope, spelling, fields, members, provider } = item;
  const inputs: Properties = { ...fields, ...spelling };
  const teamItem = isTeamPersonKind(kind) ? nameOf(items, "team", team) : undefined;
  if (isTeamPersonKind(kind)) inputs["team"] = scope ?? idOf(teamItem!);
  else if (kind !== "organization")
    inputs["organization"] = scope ?? idOf(nameOf(items, "organization", organization)!);
  if (members) inputs["members"] = Object.fromEntries(Object.values(members).map(({ text, role }) => [text, role]));
  const within = scope === undefined ? (teamItem ?? nameOf(items, "organization", organization)) : undefined;
  // As the classes do: only with forceDestroy are team memberships deleted with their team.
  const byItself = teamItem !== undefined && items.get(teamItem)!.fields["forceDestroy"] === true;
  const goesWith = kind !== "organization" && (item.goesWith ?? byItself);
  return {
    kind,
    inputs,
    ...(provider && { provider }),
    ...(item.deleteFirst && { deleteBeforeReplace: true as const }),
    ...(goesWith && within !== undefined && { deletedWith: within }),
  };
}

/** Kinds that stand for a person in an organization. */
export const isPersonKind = (kind: Kind): boolean => kind === "organizationMember" || kind === "invitation";
/** Kinds that stand for people in a team. */
export const isTeamPersonKind = (kind: Kind): boolean => kind === "teamMembership" || kind === "teamRoster";

/** What a field of the program may become; `undefined` takes it out. An adopted organization is kept in any case. */
export function valuesOf({ kind, organization }: Pick<Item, "kind" | "organization">): Record<string, unknown[]> {
  const ends = { onDestroy: ["delete", "retain", undefined], forceDestroy: [true, undefined] };
  return { ...fieldValues[kind], ...(kind === "organization" && organization !== "acme" && ends) };
}

const fieldValues: Record<Kind, Record<string, unknown[]>> = {
  organization: {
    description: ["one", "two", undefined],
    website: ["https://one.example.com", undefined],
    phone: ["1", undefined],
    email: ["contact@example.com", "Contact@Example.com", undefined],
    visibility: ["public", "private", undefined],
    industry: ["robotics", "ai_ml", undefined],
  },
  team: {
    description: ["one", "two", undefined],
    color: ["#aa0000", "#AA0000", "#00aa00", undefined],
    forceDestroy: [true, undefined],
  },
  organizationMember: {
    role: ["admin", "member", undefined],
    onExpiry: ["resend", "report", undefined],
    maxEmails: [1, 2, undefined],
    resend: ["monday", "tuesday", undefined],
    onDestroy: ["retain", "remove", undefined],
    reason: ["a reason", undefined],
    validUntil: ["2030-01-31", undefined],
  },
  invitation: { role: ["admin", "member", undefined], resend: ["monday", "tuesday", undefined] },
  teamMembership: {
    role: ["lead", "member"],
    onDestroy: ["retain", "remove", undefined],
    reason: ["a reason", undefined],
  },
  teamRoster: { unmanaged: ["report", "ignore", "remove", undefined] },
};
