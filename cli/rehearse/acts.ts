import { hiddenIn } from "../../provider/policy/hiddenState.js";
import { organization, team } from "../../provider/schema/index.js";
import type { Managed } from "../pulumi/managed.js";
import { secretText, shownValue, type Properties } from "../pulumi/values.js";
import type { Act } from "../review/access.js";
import { byText } from "../review/changes.js";
import type { Moment, OrganizationRow, CopiedScope, CopiedScopes, TeamRow, Time } from "./copiedScopes.js";

/** What became of organizations and teams, managed or not. */
export function actsOf(copiedScopes: CopiedScopes, moments: Readonly<Record<Time, Moment>>): Act[] {
  return [
    ...copiedScopes.organizations.flatMap((copied) => actsAt(copied, hasLeft(copied, moments.before))),
    ...copiedScopes.teams.flatMap((copied) => actsAt(copied, false)),
  ];
}

function actsAt(copied: CopiedScope<OrganizationRow | TeamRow>, left: boolean): Act[] {
  const { scope, before, after, resource } = copied;
  const act = (act: Act["act"], fields: Act["fields"] = [], forced = false): Act => {
    const urn = (resource.after ?? resource.before)?.urn ?? "";
    return { act, scope, urn, fields, forced, unclear: [], takesUnknown: false };
  };
  if (!after) return [act("delete", [], resource.before?.outputs["forceDestroy"] === true)];
  if (!before) return [act("create", fieldsBetween(copied))];
  const fields = fieldsBetween(copied);
  if (!resource.before && resource.after) return [act("adopt", fields)];
  const changes = fields.length > 0 ? [act("update", fields)] : [];
  if (left) return [...changes, act("leave")];
  return resource.before && !resource.after ? [...changes, act("forget")] : changes;
}

/** A user of the keys was a member, and is not one any more. */
function hasLeft({ url, before, after }: CopiedScope<OrganizationRow>, moment: Moment): boolean {
  const users = new Set((moment.states.get(url)?.keys ?? []).map(({ email }) => email));
  const inside = (row: OrganizationRow) =>
    new Set(row.members.map(({ email }) => email).filter((one) => users.has(one)));
  if (!before || !after) return false;
  const still = inside(after);
  return [...inside(before)].some((user) => !still.has(user));
}

/** What follows from other changes, or is listed on its own. */
const derived = new Set([
  "uid",
  "createdAt",
  "updatedAt",
  "slugEditsRemaining",
  "members",
  "invitations",
  "teams",
  "organization",
]);

/** What the service holds; of what it does not hold, what the resources declare. */
function fieldsBetween({ before, after, resource }: CopiedScope<OrganizationRow | TeamRow>): Act["fields"] {
  const schema = after && "teams" in after ? organization : team;
  const isNew = before === undefined;
  const chosenByService = isNew ? hiddenIn(resource.after?.outputs ?? {}).serverDefaults : [];
  const inService = Object.keys(after!).filter((name) => !isNew || Object.hasOwn(schema.inputs, name));
  const local = Object.keys(schema.inputs).filter(
    (name) => resource.after && !Object.hasOwn(after!, name) && (name !== "adopt" || !resource.before),
  );
  const [was, is] = [before as Properties | undefined, after as Properties];
  const values = [
    ...inService.map((name) => ({ name, before: shownValue(was?.[name]), after: shownValue(is[name]) })),
    ...local.map((name) => ({ name, before: declared(resource.before, name), after: declared(resource.after, name) })),
    ...(resource.before && resource.after ? [providers(resource.before, resource.after)] : []),
  ];
  return values
    .filter(({ name, before, after }) => !derived.has(name) && !chosenByService.includes(name) && before !== after)
    .map((field) => shownField(field, resource))
    .toSorted((one, other) => byText(one.name, other.name));
}

function declared(resource: Managed | undefined, name: string): string | undefined {
  return shownValue(resource?.outputs[name]);
}

function providers(before: Managed, after: Managed): Act["fields"][number] {
  return { name: "provider", before: before.provider ?? "default", after: after.provider ?? "default" };
}

/** A value that the program keeps secret is not shown. */
function shownField(
  { name, before, after }: Act["fields"][number],
  resource: CopiedScope["resource"],
): Act["fields"][number] {
  const isSecret = [resource.before, resource.after].some((one) => one?.secret.has(name));
  const hide = (value: string | undefined) => (isSecret && value !== undefined ? secretText : value);
  return { name, before: hide(before), after: hide(after) };
}
