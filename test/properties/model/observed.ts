import type { LoggedCall } from "../../support/emulator.js";
import type { Program, Recorded } from "../../support/stack.js";
import { changesBetween, type Change } from "./changes.js";
import type { Service } from "./service.js";

/** One command, and everything that could be seen of it. */
export interface Observed {
  command: string;
  /** Commands that may change something; of the others, nothing at all is expected. */
  writing: boolean;
  /** Reads lag behind what has happened just before it. */
  stale: boolean;
  /** It looks at everything before it changes anything: what was drift is known. */
  looks: boolean;
  /** Names of resources that it may make anew although they are the same. */
  remade: readonly string[];
  /** Calls of it come to grief. */
  faulty: boolean;
  /** Steps go all at once. */
  parallel: boolean;
  program: Program;
  /** The state of the stack before and after. */
  records: ReadonlyMap<string, Recorded>;
  recordsNow: ReadonlyMap<string, Recorded>;
  /** Copies in state before that a run has replaced and not come to delete. */
  pending: readonly Recorded[];
  before: Service;
  after: Service;
  /** What somebody else has changed in the middle of it. */
  others: readonly Change[];
  steps: string[];
  requests: readonly LoggedCall[];
  /** Uids of organizations that runs of the program have made. */
  made: ReadonlySet<string>;
  /** The requests, as "METHOD /path". */
  calls: string[];
  emails: { to: string; organization: string }[];
  error: Error | undefined;
  /** By address: uids of those who had it once. */
  formerly: ReadonlyMap<string, readonly string[]>;
  /** Uid of the person whose key it used. */
  keyPerson: string;
  /** How many people it may take out of one place. */
  maxRemovals: number;
  /** Uids of organizations that it was told are deleted for good. */
  assumedDeleted: string;
  /** The same run as the other deployment has seen it, where the program speaks to two. */
  twin?: Observed;
}

/** What the command itself has changed. */
export function changesOf({ before, after, others }: Observed): Change[] {
  const theirs = new Set(others.map((change) => JSON.stringify(change)));
  return changesBetween(before, after).filter((change) => !theirs.has(JSON.stringify(change)));
}

/** A promise that was broken, and how. */
export class Broken extends Error {
  constructor(promise: string, how: string) {
    super(`${promise}: ${how}`);
    this.name = "Broken";
  }
}

export function hold(promise: string, broken: readonly string[]): void {
  if (broken.length > 0) throw new Broken(promise, broken.join("; "));
}
