/**
 * Whose declaration is it? A uid, once recorded, is the identity; an email address is a label that may move to somebody
 * else. Pure functions: they look at nothing.
 */

/** Recorded outputs of a resource that stands for a person. */
export interface RecordedPerson {
  status?: unknown;
  userUid?: unknown;
}

/**
 * The uid that a record stands for. While an invitation is pending, the person is whoever accepts it at its address, even
 * where the record still names the member of before.
 */
export function recordedUid({ status, userUid }: RecordedPerson): string | undefined {
  return status === "invited" || typeof userUid !== "string" ? undefined : userUid;
}

/**
 * Whether a declaration of a person holds access, so that its deletion takes access away. An invitation may have been
 * accepted since it was recorded; what has ended before anybody accepted it gave none, and whoever came another way
 * afterwards is somebody else's business.
 * @param isUnfinished a step broke off: what it may have granted is not recorded
 */
export function holdsAccess({ status }: RecordedPerson, isUnfinished: boolean): boolean {
  return isUnfinished || (status !== "gone" && status !== "expired" && status !== "waiting");
}

/** A person whose access is about to end, as the service shows them. */
export interface Leaver {
  /** Absent for somebody who is only invited. */
  uid: string | undefined;
  /** Their address now; absent where the service hides it. */
  address: string | undefined;
  /** The address by which the declaration that goes names them. */
  label: string | undefined;
}

/**
 * What another declaration means that names a person by an address, and whose uid is not known: the one who leaves
 * (`same`), somebody else (`other`), or, by an address that was theirs, nobody can know (`stale`).
 * @param holder uid of whoever is shown with that address now
 */
export function meaningOfAddress(name: string, leaver: Leaver, holder: string | undefined): "same" | "other" | "stale" {
  const { uid, address, label } = leaver;
  if (uid === undefined) return name === label ? "same" : "other";
  if (name === address) return "same";
  if (holder !== undefined && holder !== uid) return "other";
  if (address === undefined) return "same";
  return name === label ? "stale" : "other";
}

/** What a program's own notes say of a declaration that this run has not checked. */
export type Declared = "yes" | "perhaps" | "no";

/** A deletion, and what is known of the run that asks for it. */
export interface DeletionInRun {
  /** Whether the program declares the same thing elsewhere. */
  declared: Declared;
  /** Whether the program declares the very resource that is deleted. */
  declaresResource: boolean;
  /** Whether the very resource was checked in this run: it is made anew, as something else. */
  isResourceChecked: boolean;
  /** The program may still declare more: the engine deletes before it goes on. */
  programRuns: boolean;
  /** Whether the run has checked any declaration; a destroy checks none. */
  hasChecked: boolean;
}

/**
 * What a deletion does in a run whose program runs too. `keep`: the same thing is declared elsewhere, so nothing is sent.
 * `refuse`: it cannot be known.
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
