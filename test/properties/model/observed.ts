import type { LoggedCall } from "../../support/emulator.js";
import type { Program, Recorded } from "../../support/stack.js";
import { changesBetween, type Change } from "./changes.js";
import type { Service } from "./service.js";

/** One command, and all its observable effects. */
export interface Observed {
  command: string;
  /** Commands that may change something; the others must change nothing. */
  writing: boolean;
  /** Reads lag behind what has happened just before it. */
  stale: boolean;
  /** It reads everything before it changes anything: drift is known. */
  looks: boolean;
  /** Names of resources that it may replace although they are the same. */
  remade: readonly string[];
  /** Some of its calls fail. */
  faulty: boolean;
  /** Steps run at the same time. */
  parallel: boolean;
  program: Program;
  /** The state of the stack before and after. */
  records: ReadonlyMap<string, Recorded>;
  recordsNow: ReadonlyMap<string, Recorded>;
  /** Replaced copies in the state before, which a run has not deleted. */
  pending: readonly Recorded[];
  before: Service;
  after: Service;
  /** Changes by somebody else in the middle of it. */
  others: readonly Change[];
  steps: string[];
  requests: readonly LoggedCall[];
  /** Uids of organizations that runs of the program have created. */
  made: ReadonlySet<string>;
  /** The requests, as "METHOD /path". */
  calls: string[];
  emails: { to: string; organization: string }[];
  error: Error | undefined;
  /** By address: uids of its former owners. */
  formerly: ReadonlyMap<string, readonly string[]>;
  /** Uid of the API key's user. */
  keyPerson: string;
  /** The number of people that it may remove from one organization or team. */
  maxRemovals: number;
  /** Uids of organizations in AVALA_ASSUME_DELETED. */
  assumedDeleted: string;
  /** The same run at the other deployment, if the program uses two. */
  twin?: Observed;
}

/** Changes by the command itself. */
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
