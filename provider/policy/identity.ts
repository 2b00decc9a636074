/**
 * Rules for the identity of declared people. A recorded uid is the identity; an email address is a label that may move
 * to a different person. Pure functions without I/O.
 */

/** Recorded outputs of a resource that manages a person. */
export interface RecordedPerson {
  status?: unknown;
  userUid?: unknown;
}

/**
 * The uid of the person that a recorded resource manages. Undefined while an invitation is pending: the person is then
 * the one who accepts it at this address, even if the state still contains the uid of a former member.
 */
export function recordedUid({ status, userUid }: RecordedPerson): string | undefined {
  return status === "invited" || typeof userUid !== "string" ? undefined : userUid;
}

/**
 * Whether the declaration of a person gives access, so that its deletion removes access. A pending invitation counts,
 * because it may have been accepted since it was recorded. An invitation that ended before its acceptance gave no
 * access: a person who joined in a different way afterwards is not managed by this declaration.
 * @param isUnfinished the last step was interrupted: the access that it may have given is not recorded
 */
export function holdsAccess({ status }: RecordedPerson, isUnfinished: boolean): boolean {
  return isUnfinished || (status !== "gone" && status !== "expired" && status !== "waiting");
}

/** A person whose access a deletion would remove, as the service shows them. */
export interface Leaver {
  /** Undefined for a person who is only invited. */
  uid: string | undefined;
  /** Their current email address; undefined if the service hides it. */
  address: string | undefined;
  /** The email address by which the deleted declaration names them. */
  label: string | undefined;
}

/**
 * The person that another declaration means by an email address, if its uid is not known: the person who leaves
 * (`same`), a different person (`other`), or unknown, because the leaving person had the address in the past (`stale`).
 * @param holder uid of the person who has this address now
 */
export function meaningOfAddress(name: string, leaver: Leaver, holder: string | undefined): "same" | "other" | "stale" {
  const { uid, address, label } = leaver;
  if (uid === undefined) return name === label ? "same" : "other";
  if (name === address) return "same";
  if (holder !== undefined && holder !== uid) return "other";
  if (address === undefined) return "same";
  return name === label ? "stale" : "other";
}

/** Whether the notes of a program contain a declaration that this run has not checked. */
export type Declared = "yes" | "perhaps" | "no";

/** A deletion, and the known facts about the run that requests it. */
export interface DeletionInRun {
  /** Whether the program declares the same object in a resource that is not checked yet. */
  declared: Declared;
  /** Whether the program declares the deleted resource itself. */
  declaresResource: boolean;
  /** Whether the deleted resource itself was checked in this run: it is replaced by a different object. */
  isResourceChecked: boolean;
  /** The program is still running and may declare more: the engine deletes before the program continues. */
  programRuns: boolean;
  /** Whether the run has checked any declaration; a destroy checks none. */
  hasChecked: boolean;
}

/**
 * What a deletion does in a run that also runs the program. `keep`: the same object is declared elsewhere, so no
 * request is sent. `refuse`: whether it is declared cannot be known.
 */
export function judgeDeletion(deletion: DeletionInRun): "remove" | "keep" | "refuse" {
  const { declared, declaresResource, isResourceChecked, programRuns, hasChecked } = deletion;
  if (programRuns && declared === "no") return isResourceChecked ? "remove" : "refuse";
  if (programRuns) return declared === "yes" ? "keep" : "refuse";
  // `destroy --run-program` deletes what the program declares, without a check; an update would have checked it.
  if (!hasChecked && declaresResource) return "remove";
  if (declared === "no") return "remove";
  return declared === "yes" && hasChecked ? "keep" : "refuse";
}
