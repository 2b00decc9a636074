import type { Kind, Resource, Step } from "../pulumi/preview.js";
import { isUnknown } from "../../provider/core/unknown.js";
import { nameOf } from "../pulumi/urn.js";
import { hiddenText, notKnown, secretText, type Properties } from "../pulumi/values.js";

/*
 * Values that a preview does not show: secrets, and what is not known yet. Of the inputs that decide who has which access, or
 * whether an email is sent, such a value counts as the worst that it can be, is named in a warning, and is never approved.
 */

/** A decisive value that is not shown. */
export interface Unclear {
  /** Of an input or output. */
  name: string;
  /** What stands in its place. */
  shown: string;
}

type Worst = Readonly<Record<string, unknown>>;

/** A value that no state records. */
const another = "\u0000";

const ofPeople: Worst = {
  role: another,
  onExpiry: "resend",
  maxEmails: Number.MAX_SAFE_INTEGER,
  resend: another,
  onDestroy: "remove",
  validUntil: undefined,
};

/**
 * The decisive inputs of each kind, and of each the value that counts where it is hidden; `undefined` where the model asks
 * itself whether it is hidden.
 */
const worstInputs: Readonly<Record<Kind, Worst>> = {
  Organization: { adopt: undefined, onDestroy: "delete", forceDestroy: true },
  Team: { adopt: undefined, forceDestroy: true },
  OrganizationMember: ofPeople,
  Invitation: ofPeople,
  TeamMembership: ofPeople,
  TeamRoster: { members: undefined, unmanaged: "remove" },
};

/** Recorded outputs that say whether somebody has access. */
const decisiveOutputs = ["status"];

/** The properties, with the worst value in place of each decisive one that is hidden. */
export function worstOf(kind: Kind, properties: Properties): Properties {
  const worst = Object.entries(worstInputs[kind]).filter(
    ([name, value]) => value !== undefined && hiddenText(properties[name]) !== undefined,
  );
  return worst.length === 0 ? properties : { ...properties, ...Object.fromEntries(worst) };
}

/** The decisive values of a declaration that are hidden; `adopt` decides on creation alone. */
export function unclearInputs({ kind, inputs }: Resource, isNew: boolean): Unclear[] {
  return hiddenAmong(
    inputs,
    Object.keys(worstInputs[kind]).filter((name) => isNew || name !== "adopt"),
  );
}

/** The decisive values of a record that are hidden, as far as they decide what its deletion takes away. */
export function unclearRecord({ kind, outputs }: Resource): Unclear[] {
  const names = Object.keys(worstInputs[kind]).filter((name) => decidesOnDeletion.has(name));
  return hiddenAmong(outputs, [...names, ...decisiveOutputs]);
}

const decidesOnDeletion = new Set(["onDestroy", "forceDestroy", "members"]);

function hiddenAmong(properties: Properties, names: readonly string[]): Unclear[] {
  return names.flatMap((name) => {
    const shown = hiddenText(properties[name]);
    return shown === undefined ? [] : [{ name, shown }];
  });
}

const ofPerson = ["organization", "team", "user", "email"];
/** Inputs that say of which person, organization or team a resource is; the email of an Organization is how to reach it. */
const identities: Readonly<Record<Kind, readonly string[]>> = {
  Organization: [],
  Team: ["organization"],
  OrganizationMember: ofPerson,
  Invitation: ofPerson,
  TeamMembership: ofPerson,
  TeamRoster: ["team"],
};

/** Whether a shown value stands in place of a hidden one. */
export function isHiddenText(shown: string | undefined): boolean {
  return shown === secretText || shown === notKnown;
}

/** A step as the worst that it may be. What is replaced is left alone only where both sides say so. */
export function worstStep(step: Step): Step {
  const worst = asReplacement(step);
  const { op, old, new: now } = worst;
  return op === "replace" && old && now ? { ...worst, old: { ...old, retained: old.retained && now.retained } } : worst;
}

/**
 * A change of something that is not known yet to be the same person or place counts as a replacement: what was there goes,
 * something unknown comes. Of a secret the engine knows whether it has changed.
 */
function asReplacement(step: Step): Step {
  const { op, old, new: now } = step;
  // The engine calls it the same; another provider may name another deployment.
  if (op === "same" && old && now && providerName(old) !== providerName(now)) return { ...step, op: "update" };
  const isElsewhere = (name: string) => isUnknown(now?.inputs[name]);
  if (op !== "update" || !identities[step.kind].some(isElsewhere)) return step;
  return { ...step, op: "replace", new: { ...now!, id: undefined } };
}

/** What users call the provider of a resource; the engine's own have the version of the SDK in their names. */
export function providerName({ provider }: Resource): string {
  const name = nameOf(provider);
  return /^default(_|$)/.test(name) ? "default" : name;
}
