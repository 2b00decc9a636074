import { digestOf, readProgramNotes, type Note, type ProgramNotes } from "../../core/notes.js";
import type { ProcessJournal } from "../../core/journal.js";
import { quoted } from "../../core/text.js";
import { resources } from "../../schema/index.js";

/** An address ends in kind and name; a name may contain the separators, and types of components `::`. */
const kindAndName = new RegExp(
  `(?:^|\\$)(${Object.values(resources)
    .map(({ kind }) => kind)
    .join("|")})::(.*)$`,
  "s",
);

/**
 * One object that a declaration manages: a person in an organization or team, a team, an organization. `key` names the
 * object in the spelling of the declaration; `uid` names it by the uids of scope and object. A known `uid` decides
 * whether two claims mean the same object.
 */
export interface Claim {
  key: string;
  uid?: string | undefined;
  /** Several declarations may have this claim, such as all memberships of one team. */
  shared?: true;
  /** The claim is from the state of a resource, and ends when the resource is replaced. */
  living?: true;
}

/** A declaration that claims a key. */
export interface Claimant {
  /** Digest of the address of the resource. */
  address: string;
  /** `same`: its uid equals the requested one. `other`: its uid is different. `unknown`: only its key is known. */
  uid: "same" | "other" | "unknown";
}

interface Entry {
  address: string;
  key: string;
  uid: string | undefined;
  living: boolean;
}

/**
 * The objects that the declarations of this run manage, in all its host processes. Claims of different deployments are
 * separate, because two deployments may use the same slugs.
 */
export class Claims {
  readonly #deployment: string;
  readonly #journal: ProcessJournal | undefined;
  readonly #own = new Index();
  #others: { files: string[][]; index: Index } | undefined;
  #program: ProgramNotes | undefined;
  #unchecked: { of: ProgramNotes["notes"]; checked: number; notes: readonly Note[] } | undefined;
  /** Addresses of resources by their digests, for messages. */
  readonly #addresses = new Map<string, string>();

  /** @param journal journal that the processes of a run share; undefined outside of the engine */
  constructor(deployment: string, journal?: ProcessJournal) {
    this.#deployment = deployment;
    this.#journal = journal;
  }

  /** Records the objects that a declaration manages, before a request is sent for it. */
  claim(address: string, claims: readonly Claim[]): void {
    const digest = digestOf(address);
    this.#addresses.set(digest, address);
    const lines = claims.flatMap(({ key, uid, living }) => {
      const entry = { address: digest, key: this.#digest(key), uid: uid && this.#digest(uid), living: living === true };
      return this.#own.put(entry) ? [lineOf(entry)] : [];
    });
    if (lines.length > 0) this.#journal?.append(lines);
  }

  /** Removes the claims from the state of a resource that is replaced: the new object is a different one. */
  retractLiving(address: string): void {
    for (const entry of this.#own.livingOf(digestOf(address))) {
      this.#own.delete(entry);
      this.#journal?.append([`${entry.address} ${entry.key} - retracted`]);
    }
  }

  /** The declarations that claim an object, by its key or by its uid. */
  claimants(key: string, uid: string | undefined): Claimant[] {
    const [text, object] = [this.#digest(key), uid === undefined ? undefined : this.#digest(uid)];
    return this.#indexes()
      .flatMap((index) => index.find(text, object))
      .map((entry) => ({ address: entry.address, uid: relation(entry, object) }));
  }

  /** Whether any declaration of the run has been checked; a destroy checks none. */
  get hasChecked(): boolean {
    return this.#indexes().some((index) => index.addresses.size > 0);
  }

  hasCheckedAddress(address: string): boolean {
    return this.#indexes().some((index) => index.addresses.has(address));
  }

  /** Whether this run has checked the declaration with this address digest for a different deployment. */
  isOfOtherDeployment(address: string): boolean {
    return this.hasCheckedAddress(address) && this.claimants(checkedKey(address), undefined).length === 0;
  }

  /** The notes of the run's program about its declarations; `undefined` in previews, and if no program runs. */
  get program(): ProgramNotes | undefined {
    // A program that has ended adds no notes.
    if (this.#program && !this.#program.isRunning) return this.#program;
    return (this.#program = this.#journal && readProgramNotes(this.#journal));
  }

  /**
   * The declarations of the program that this run has not checked. Each deletion needs them, so they are only computed
   * again after new notes or checks.
   */
  uncheckedNotes({ notes }: ProgramNotes): readonly Note[] {
    const indexes = this.#indexes();
    const checked = indexes.reduce((sum, { addresses }) => sum + addresses.size, 0);
    const known = this.#unchecked;
    if (known?.of === notes && known.checked === checked) return known.notes;
    const isChecked = ({ address }: Note) => indexes.some(({ addresses }) => addresses.has(address));
    this.#unchecked = { of: notes, checked, notes: [...notes.values()].filter((note) => !isChecked(note)) };
    return this.#unchecked.notes;
  }

  /** Kind and name of a claimant, for messages. */
  nameOf(address: string): string {
    const found = kindAndName.exec(this.#addresses.get(address) ?? "");
    return found === null ? "a resource of another provider" : `${found[1]} ${quoted(found[2]!)}`;
  }

  #indexes(): Index[] {
    const files = this.#journal?.others() ?? [];
    if (files.length === 0) return [this.#own];
    const { files: before = [] } = this.#others ?? {};
    if (files.length !== before.length || files.some((file, number) => file !== before[number])) {
      const index = new Index();
      for (const line of files.flat()) {
        if (line.endsWith(" retracted")) index.delete(entryOf(line));
        else index.put(entryOf(line));
      }
      this.#others = { files, index };
    }
    return [this.#own, this.#others!.index];
  }

  #digest(key: string): string {
    return digestOf(`${this.#deployment} ${key}`);
  }
}

/** The key that every checked declaration claims in its deployment. */
export function checkedKey(address: string): string {
  return `checked ${address}`;
}

/** Claims by key and by uid. A later claim of the same resource and key replaces the earlier one. */
class Index {
  readonly addresses = new Set<string>();
  readonly #byKey = new Map<string, Map<string, Entry>>();
  readonly #byUid = new Map<string, Map<string, Entry>>();

  /** Adds a claim; false if it is known already. */
  put(given: Entry): boolean {
    const same = this.#byKey.get(given.key) ?? new Map<string, Entry>();
    const before = same.get(given.address);
    const entry = { ...given, uid: given.uid ?? before?.uid };
    if (before && before.uid === entry.uid && before.living === entry.living) return false;
    this.addresses.add(entry.address);
    this.#byKey.set(entry.key, same.set(entry.address, entry));
    const id = `${entry.address} ${entry.key}`;
    if (before?.uid !== undefined) this.#byUid.get(before.uid)!.delete(id);
    if (entry.uid !== undefined) {
      this.#byUid.set(entry.uid, (this.#byUid.get(entry.uid) ?? new Map<string, Entry>()).set(id, entry));
    }
    return true;
  }

  delete({ address, key }: Pick<Entry, "address" | "key">): void {
    const entry = this.#byKey.get(key)?.get(address);
    this.#byKey.get(key)?.delete(address);
    if (entry?.uid !== undefined) this.#byUid.get(entry.uid)?.delete(`${address} ${key}`);
  }

  livingOf(address: string): Entry[] {
    return [...this.#byKey.values()].flatMap((same) => {
      const entry = same.get(address);
      return entry?.living ? [entry] : [];
    });
  }

  find(key: string, uid: string | undefined): Entry[] {
    const found = [...(this.#byKey.get(key)?.values() ?? [])];
    const byUid = uid === undefined ? [] : [...(this.#byUid.get(uid)?.values() ?? [])];
    return [...new Set([...found, ...byUid])];
  }
}

function relation({ key, uid }: Entry, object: string | undefined): Claimant["uid"] {
  if (uid !== undefined) return uid === object ? "same" : "other";
  return key === object ? "same" : "unknown";
}

function lineOf({ address, key, uid, living }: Entry): string {
  return `${address} ${key} ${uid ?? "-"} ${living ? "living" : "new"}`;
}

function entryOf(line: string): Entry {
  const [address, key, uid, age] = line.split(" ") as [string, string, string, string];
  return { address, key, uid: uid === "-" ? undefined : uid, living: age === "living" };
}
