import { hiddenIn } from "../../provider/policy/hiddenState.js";
import { asksForEmail, invitesByItself } from "../../provider/policy/person.js";
import { holdsAccess } from "../../provider/policy/identity.js";
import { canonicalUid, personOf } from "../../provider/core/identity.js";
import { namesOf, rosterOf } from "../../provider/schema/index.js";
import { isHiddenText, providerName, unclearInputs, unclearRecord, worstOf, type Unclear } from "./decisive.js";
import { namedIn, type Named } from "./people.js";
import type { Kind, Resource, Step } from "../pulumi/preview.js";
import { hiddenText, shownValue, textOf, type Properties } from "../pulumi/values.js";

/** How sure an access is. */
export type Certainty =
  /** They have it. */
  | "has"
  /** Invited, and not accepted yet. */
  | "invited"
  /** A team membership that waits for the acceptance. */
  | "waiting"
  /** The invitation has expired or is gone, or somebody else has taken them out of the team. */
  | "lapsed"
  /** Made by this run. */
  | "granted"
  /** Made by this run, if they are a member of the organization by then; else they are invited, or wait. */
  | "depends";

/** An access that a resource stands for, before the run or after it. */
export interface AccessRecord {
  named: Named;
  role: string | undefined;
  certainty: Certainty;
  /** Somebody declares it. */
  managed: boolean;
  /** What decides about it and is not shown. */
  unclear: readonly Unclear[];
  /** After the run: its resource stays as it is. */
  kept?: boolean;
  /** The deletion of its resource may take access away, also where the state does not show that they have it. */
  mayHold: boolean;
  /** After the run: nothing of the declaration has changed, what others did has made the step possible. */
  possible?: boolean;
  kind: Kind;
  urn: string;
  /** What the declaration says beside the role, as it is shown. */
  fields: Readonly<Record<string, string | undefined>>;
}

/** An access that a program declares; how it stands after the run is still to be told. */
export interface DesiredAccess {
  claim: AccessRecord;
  step: Step;
  /** Nothing of the declaration has changed: the step has become possible through what others did. */
  possible: boolean;
  /** Another email is asked for: a new `resend`, or another role before the acceptance. */
  asksForEmail: boolean;
  /** Another email is sent without being asked for, as the last invitation has ended. */
  invitesByItself: boolean;
}

/** Inputs that change nothing in Avala, and matter to who reviews. */
const localFields = ["onExpiry", "maxEmails", "resend", "onDestroy", "reason", "validUntil"];
/** Of every resource, beside its inputs. */
const usualProvider = "default";
const standings: Readonly<Record<string, Certainty>> = {
  active: "has",
  accepted: "has",
  invited: "invited",
  waiting: "waiting",
};

/** What stands before the run. */
export function recordsOf(resource: Resource): AccessRecord[] {
  return resource.kind === "TeamRoster" ? rosterClaims(resource) : [personClaim(resource)];
}

function personClaim(resource: Resource): AccessRecord {
  const { kind, inputs, outputs, urn } = resource;
  const status = hiddenText(outputs["status"]) === undefined ? (textOf(outputs["status"]) ?? "") : "active";
  return {
    named: namedIn(resource),
    // After the acceptance an Invitation records neither their role nor whether they are still a member.
    role: status === "accepted" ? undefined : (shownRole(outputs) ?? shownRole(inputs)),
    certainty: Object.hasOwn(standings, status) ? standings[status]! : "lapsed",
    unclear: unclearRecord(resource),
    managed: status !== "accepted",
    // What an Invitation was accepted for is not its to take away.
    mayHold: kind !== "Invitation" && holdsAccess(outputs, resource.unfinished),
    kind,
    urn,
    fields: fieldsOf(resource, outputs),
  };
}

function shownRole({ role }: Properties): string | undefined {
  return textOf(role) ?? hiddenText(role);
}

/** Everybody in the roster, those who are still to be taken out, and those in the team whom it does not name. */
function rosterClaims(resource: Resource): AccessRecord[] {
  const { kind, urn, outputs, unfinished } = resource;
  const waiting = new Set(namesOf(outputs["waiting"]));
  const known = rosterOf(hiddenIn(outputs).knownMembers) as ReadonlyMap<string, string>;
  const named = (who: string): Named => ({ ...personOf(who), ...(known.has(who) ? { userUid: known.get(who) } : {}) });
  const unclear = unclearRecord(resource);
  const base = { kind, urn, fields: {}, certainty: "has", managed: true, mayHold: true, unclear } as const;
  const members = [...membersOf(outputs)].map(([who, role]): AccessRecord => ({
    ...base,
    named: named(who),
    role,
    certainty: waiting.has(who) ? "waiting" : "has",
    mayHold: !waiting.has(who) || unfinished,
  }));
  const others = (text: unknown, managed: boolean) =>
    namesOf(textOf(text)).map((who): AccessRecord => ({
      ...base,
      named: nameOfUnmanaged(who),
      role: undefined,
      managed,
    }));
  return [...members, ...others(hiddenIn(outputs).removing, true), ...others(outputs["unmanagedMembers"], false)];
}

/** By address, or by uid where the service shows none. */
function nameOfUnmanaged(who: string): Named {
  const userUid = canonicalUid(who);
  return userUid === undefined ? personOf(who) : { userUid };
}

export function membersOf(properties: Properties): Map<string, "lead" | "member"> {
  return rosterOf(textOf(properties["members"]));
}

/** What is declared for after the run. */
export function desiredAccessOf(step: Step): DesiredAccess[] {
  const { new: resource, old } = step;
  if (!resource) return [];
  return resource.kind === "TeamRoster" ? rosterWishes(step, resource, old) : [personWish(step, resource, old)];
}

function personWish(step: Step, resource: Resource, old: Resource | undefined): DesiredAccess {
  const { kind, urn } = resource;
  const before = step.op === "update" ? old! : undefined;
  const userUid = before && namedIn(before).userUid;
  const named = { ...namedIn(resource), ...(userUid === undefined ? {} : { userUid }) };
  const role = shownRole(resource.inputs) ?? "member";
  const fields = fieldsOf(resource, resource.inputs);
  const unclear = unclearInputs(resource, before === undefined);
  const claim = {
    named,
    role,
    certainty: "depends",
    managed: true,
    mayHold: true,
    kind,
    urn,
    fields,
    unclear,
  } as const;
  const recorded = before?.outputs ?? {};
  const isNewRole = before !== undefined && (isHiddenText(role) || textOf(recorded["role"]) !== role);
  const declared = worstOf(kind, { ...resource.inputs, role });
  const declaration = { isNew: before === undefined, declared, recorded };
  return {
    claim,
    step,
    possible:
      before?.unfinished === false &&
      !isNewRole &&
      changedFields(fieldsOf(before, recorded), claim.fields).length === 0,
    asksForEmail: asksForEmail(declaration),
    invitesByItself: invitesByItself(declaration),
  };
}

function rosterWishes(step: Step, resource: Resource, old: Resource | undefined): DesiredAccess[] {
  const { kind, urn, inputs } = resource;
  const known = rosterOf(step.op === "update" ? hiddenIn(old!.outputs).knownMembers : undefined) as ReadonlyMap<
    string,
    string
  >;
  const before = step.op === "update" ? membersOf(old!.outputs) : new Map<string, string>();
  return [...membersOf(inputs)].map(([who, role]) => ({
    claim: {
      // Who is listed is shown; what else the roster does is an act of its own.
      unclear: [],
      named: { ...personOf(who), ...(known.has(who) ? { userUid: known.get(who) } : {}) },
      role,
      certainty: "depends",
      managed: true,
      mayHold: true,
      kind,
      urn,
      fields: {},
    },
    step,
    possible: before.get(who) === role,
    asksForEmail: false,
    invitesByItself: false,
  }));
}

/** Whether a deletion leaves the person as they are. */
export function isKept({ kind, retained, inputs, outputs }: Resource): boolean {
  const onDestroy = worstOf(kind, outputs)["onDestroy"] ?? worstOf(kind, inputs)["onDestroy"];
  return retained || onDestroy === "retain";
}

function fieldsOf(resource: Resource, properties: Properties): AccessRecord["fields"] {
  const provider = providerName(resource);
  return {
    ...Object.fromEntries(localFields.map((name) => [name, shownValue(properties[name])])),
    provider: provider === usualProvider ? undefined : provider,
  };
}

/** Names of the fields that differ, or may differ. */
export function changedFields(before: AccessRecord["fields"], after: AccessRecord["fields"]): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => before[name] !== after[name] || isHiddenText(after[name]),
  );
}
