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
 * What one declaration stands for: a person in an organization or team, a team, an organization. `key` is as the
 * declaration spells it;
 * `uid` is the same with the uids of scope and object, once they are known, and decides from then on.
 */
export interface Claim {
  key: string;
  uid?: string | undefined;
  /** Many declarations may have it, such as all memberships of one team. */
  shared?: true;
  /** Of what a resource in state stands for, until the resource is made anew. */
  living?: true;
}

/** A declaration that claims a key. */
export interface Claimant {
  /** Digest of its address. */
  address: string;
  /** `same`: its uid is the one asked for. `other`: its uid is another one. `unknown`: it is known by its text alone. */
  uid: "same" | "other" | "unknown";
}

interface Entry {
  address: string;
  key: string;
  uid: string | undefined;
  living: boolean;
}

/**
 * What the declarations of this run stand for, in whichever host process: each service that a run speaks to apart, as two
 * deployments may use the same slugs.
 */
export class Claims {
  readonly #deployment: string;
  readonly #journal: ProcessJournal | undefined;
  readonly #own = new Index();
  #others: { files: string[][]; index: Index } | undefined;
  #program: ProgramNotes | undefined;
  #unchecked: { of: ProgramNotes["notes"]; checked: number; notes: readonly Note[] } | undefined;
  /** Addresses in clear, for messages. */
  readonly #addresses = new Map<string, string>();

  /** @param journal shared between the processes of a run; absent outside of the engine */
  constructor(deployment: string, journal?: ProcessJournal) {
    this.#deployment = deployment;
    this.#journal = journal;
  }

  /** Notes what a declaration stands for, before anything is sent for it. */
  claim(address: string, claims: readonly Claim[]): void {
    const digest = digestOf(address);
    this.#addresses.set(digest, address);
    const lines = claims.flatMap(({ key, uid, living }) => {
      const entry = { address: digest, key: this.#digest(key), uid: uid && this.#digest(uid), living: living === true };
      return this.#own.put(entry) ? [lineOf(entry)] : [];
    });
    if (lines.length > 0) this.#journal?.append(lines);
  }

  /** A resource is made anew: what it stood for is not what it stands for. */
  retractLiving(address: string): void {
    for (const entry of this.#own.livingOf(digestOf(address))) {
      this.#own.delete(entry);
      this.#journal?.append([`${entry.address} ${entry.key} - retracted`]);
    }
  }

  /** The declarations that claim a key, by their text or by what their text has turned out to be. */
  claimants(key: string, uid: string | undefined): Claimant[] {
    const [text, object] = [this.#digest(key), uid === undefined ? undefined : this.#digest(uid)];
    return this.#indexes()
      .flatMap((index) => index.find(text, object))
      .map((entry) => ({ address: entry.address, uid: relation(entry, object) }));
  }

  /** Whether any declaration of the run has been checked; in a destroy none is. */
  get hasChecked(): boolean {
    return this.#indexes().some((index) => index.addresses.size > 0);
  }

  hasCheckedAddress(address: string): boolean {
    return this.#indexes().some((index) => index.addresses.has(address));
  }

  /** A declaration, by the digest of its address, that this run has checked for another deployment. */
  isOfOtherDeployment(address: string): boolean {
    return this.hasCheckedAddress(address) && this.claimants(checkedKey(address), undefined).length === 0;
  }

  /** What the run's program says that it declares; `undefined` in previews and where no program runs. */
  get program(): ProgramNotes | undefined {
    // Once everything is declared, nothing is added.
    if (this.#program && !this.#program.isRunning) return this.#program;
    return (this.#program = this.#journal && readProgramNotes(this.#journal));
  }

  /**
   * What the program declares and this run has not checked; asked for each deletion, and made anew where either has grown.
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

  /** The address of a claimant as users know it: kind and name. */
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

/** What every declaration claims when it is checked, for its deployment. */
export function checkedKey(address: string): string {
  return `checked ${address}`;
}

/** Claims by what is asked for; of one claim, what was said last holds. */
class Index {
  readonly addresses = new Set<string>();
  readonly #byKey = new Map<string, Map<string, Entry>>();
  readonly #byUid = new Map<string, Map<string, Entry>>();

  /** Whether that was news. */
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
