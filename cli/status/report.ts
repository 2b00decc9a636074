import { printable } from "../../provider/core/text.js";
import { nameColumn, ShownNames } from "../output/lookalikes.js";
import { columns, plural, type Terminal } from "../output/terminal.js";
import type { Declaration } from "../membership/declarations.js";
import { Mask } from "../pulumi/mask.js";
import { secretText } from "../pulumi/values.js";
import type { Finding } from "../membership/standing.js";
import type { Live } from "../membership/live.js";

/** A finding, with whom and what it is about. */
export interface Item extends Finding {
  organization: Live;
  /** Undefined for an unmanaged invitation. */
  declaration: Declaration | undefined;
  person: { email?: string | undefined; userUid?: string | undefined; username?: string | undefined };
  role: string | undefined;
  team: { uid: string; name: string | undefined } | undefined;
}

/** Everything that `status` reports. */
export interface Report {
  items: Item[];
  organizations: Live[];
  /** Number of declarations checked. */
  declared: number;
}

const titles = {
  waiting: "Waiting",
  ready: "Ready to apply with the next pulumi up",
  ended: "Expired or gone",
  runOut: "Expired access",
} as const;
const groups = Object.keys(titles) as (keyof typeof titles)[];

/** One screen: a group for each state, a line for each person in it. */
export function show({ items, organizations, declared }: Report, terminal: Terminal, mask = new Mask([])): void {
  const names = new ShownNames(items);
  const lines = groups.map((group) => ({
    group,
    rows: rowsOf(
      items.filter((item) => item.group === group),
      names,
      mask,
    ),
  }));
  for (const { group, rows } of lines.filter(({ rows }) => rows.length > 0)) {
    terminal.heading(`${titles[group]} (${rows.length})`);
    for (const line of columns(rows, nameColumn)) terminal.result(`  ${line}`);
    terminal.result("");
  }
  const checked = `${plural(declared, "declaration")} checked`;
  if (items.length === 0) {
    const blind = organizations.some(({ notes }) => notes.length > 0);
    return terminal.result(`Nothing is pending${blind ? ", as far as visible to this API key" : ""}. ${checked}.`);
  }
  const [waiting, ready, ended, expired] = lines.map(({ rows }) => rows.length);
  terminal.result(
    `${waiting} waiting, ${ready} ready, ${ended} expired or gone, ${expired} expired access; ${checked}.`,
  );
}

/** Person, organization, roles and state: one row for all that concerns one person in one organization. */
function rowsOf(items: Item[], names: ShownNames, mask: Mask): string[][] {
  const rows = new Map<string, Item[]>();
  // A state holds its resources in the order in which they came about, which is another one each time.
  for (const item of items.toSorted((one, other) => compare(what(one, names), what(other, names)))) {
    const key = JSON.stringify([item.organization.uid, item.person.email ?? item.person.userUid]);
    rows.set(key, [...(rows.get(key) ?? []), item]);
  }
  const lines = [...rows.values()].map((same) => {
    const [{ person, organization, declaration }] = same as [Item];
    const whats = new Set(same.map((item) => what(item, names)));
    const messages = new Set(tellingOf(same).map(({ message }) => message));
    const shown = mask.text(names.person(person));
    return [
      shown === secretText && declaration ? `${shown} (${declaration.name})` : shown,
      organization.row?.slug ?? organization.uid,
      [...whats].join(", "),
      [...messages].join("; "),
    ].map((cell) => mask.text(cell));
  });
  return lines.toSorted((one, other) => compare(one.join("\0"), other.join("\0")));
}

/** Whoever waits for the organization, or is not in it any more, is not in its teams for the same reason. */
function tellingOf(same: Item[]): Item[] {
  const joining = same.filter(({ team }) => team === undefined);
  const isAboutJoining = ["waiting", "ended"].includes(same[0]!.group);
  return isAboutJoining && joining.length > 0 ? joining : same;
}

const compare = (one: string, other: string) => (one === other ? 0 : one < other ? -1 : 1);

function what({ declaration, role, team }: Item, names: ShownNames): string {
  const shownRole = printable(role ?? "member", 20);
  if (team) return `${shownRole} in ${names.team(team)}`;
  return declaration ? shownRole : `${shownRole} (unmanaged)`;
}

/** The shape of `--json`; docs/reference/commands.md describes it. */
export function asJson({ items, organizations, declared }: Report): object {
  const found = (group: Finding["group"]) => items.filter((item) => item.group === group).map(jsonOf);
  return {
    organizations: organizations.map(({ uid, row, invitations }) => ({
      uid,
      slug: row?.slug,
      name: row?.name,
      visible: row !== undefined,
      invitationsVisible: invitations !== undefined,
    })),
    declared,
    waiting: found("waiting"),
    ready: found("ready"),
    ended: found("ended"),
    accessExpired: found("runOut"),
    notes: organizations.flatMap(({ notes }) => notes),
  };
}

function jsonOf({ organization, declaration, person, role, team, message, outcome, since, until }: Item): object {
  const { kind, name, urn, status, emailsSent, reason, validUntil } = declaration ?? {};
  return {
    organization: organization.uid,
    kind,
    name,
    urn,
    ...person,
    role,
    team,
    status,
    outcome,
    since,
    until,
    emailsSent,
    reason,
    validUntil,
    message,
  };
}
