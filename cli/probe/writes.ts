import { constants } from "node:os";
import type { RawRequest } from "../../provider/client/index.js";
import { addressFault, normalizeEmail } from "../../provider/core/address.js";
import { printable, quoted } from "../../provider/core/text.js";
import { Interrupted, LeftBehindError, NotConfirmedError, UsageError } from "../errors.js";
import { plural, type Terminal } from "../output/terminal.js";
import { Cleanup, type Left } from "./cleanup.js";
import type { Writes } from "./evidence.js";
import { Invitations } from "./invitations.js";
import { OwnOrganization, type Send } from "./ownOrganization.js";
import { realTime, type Time } from "./polling.js";
import type { Service } from "./service.js";
import { Steps, StepsEnd } from "./steps.js";

/** Requests of the steps, and of everything: what the steps do not use remains for taking the organization away. */
const MOST_OF_STEPS = 65;
const MOST = 90;
const MOST_INVITEES = 3;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface WriteOptions {
  terminal: Terminal;
  /** Whether the confirmation is skipped. */
  yes: boolean;
  /** Addresses that may get an email. */
  invite: readonly string[];
}

export interface Trial {
  writes: Writes;
  /** What went wrong, and what is left at the service; thrown once the report is printed. */
  problem?: Error;
}

/**
 * The addresses of `--invite`, each once.
 * @throws UsageError for something that is not an email address, and for more than three
 */
export function inviteesOf(given: readonly string[]): string[] {
  const addresses = new Map(given.map((text) => [normalizeEmail(text), text.trim()]));
  for (const address of addresses.values()) {
    const fault = addressFault(address);
    if (fault === undefined) continue;
    throw new UsageError(
      `--invite is ${quoted(address)}: as an email address, ${fault}.`,
      "Give an email address such as ada@example.com.",
    );
  }
  if (addresses.size <= MOST_INVITEES) return [...addresses.values()];
  throw new UsageError(
    `--invite names ${addresses.size} addresses; at most ${MOST_INVITEES} are invited.`,
    "Name fewer addresses: one shows everything.",
  );
}

/** Makes an organization, tries the writes of the contract on it, and takes it away again. */
export async function carryOutWrites(
  service: Pick<Service, "send">,
  { terminal, yes, invite }: WriteOptions,
  time: Time = realTime,
): Promise<Trial> {
  const invitees = inviteesOf(invite);
  announce(terminal, invitees);
  if (!yes) await confirm(terminal);
  const controller = new AbortController();
  const send: Send = (request) => service.send(request);
  const run = new WriteRun(new OwnOrganization(send), send, invitees, time, controller.signal);
  const onSignal = (signal: Interrupted["signal"]) => {
    if (controller.signal.aborted) {
      terminal.error(`Interrupted. ${ending(run.left(), run.emails)}`);
      process.exit(128 + constants.signals[signal]);
    }
    controller.abort(new Interrupted(signal));
    terminal.note("Interrupted: the organization of the probe is deleted first. Press Ctrl-C again to stop at once.");
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const left = await run.everything();
    const { reason } = controller.signal;
    const problem =
      reason instanceof Interrupted ? new Interrupted(reason.signal, ending(left, run.emails)) : leftError(left);
    return { writes: run.writes, ...(problem && { problem }) };
  } finally {
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}

function announce(terminal: Terminal, invitees: readonly string[]): void {
  terminal.note(
    `The probe creates an organization named "pulumi-avala probe" and a random number, tries changes on it with at most ${MOST} requests, and deletes it again. It changes nothing else.`,
  );
  const [first, ...others] = invitees.map((address) => printable(address, 254));
  if (first === undefined) return terminal.note("It sends no email.");
  terminal.note(
    `It invites ${[first, ...others].join(", ")} and cancels the invitations: ${plural(invitees.length, "email")}, and another one to ${first} if Avala does not refuse to invite a person twice.`,
  );
}

async function confirm(terminal: Terminal): Promise<void> {
  const typed = await terminal.ask("Type the word probe to confirm: ");
  if (typed.trim() === "probe") return;
  throw new NotConfirmedError("That is not the word probe. Nothing was changed.", "");
}

/** One organization from its creation to its deletion. */
export class WriteRun {
  readonly writes: Writes = {};
  readonly #invitations: Invitations;
  readonly #steps: Steps;
  readonly #cleanup: Cleanup;
  #sent = 0;

  constructor(
    private readonly own: OwnOrganization,
    private readonly send: Send,
    invitees: readonly string[],
    time: Time,
    private readonly signal: AbortSignal,
  ) {
    this.#invitations = new Invitations(own, invitees);
    const tools = { own, invitations: this.#invitations, writes: this.writes, time };
    this.#steps = new Steps({ ...tools, signal });
    this.#cleanup = new Cleanup(tools, () => this.#steps.lagMs);
  }

  /** Carries out the steps, and takes the organization away, whatever happens. */
  async everything(): Promise<Left | undefined> {
    this.own.sendBy((request) => this.#sendStep(request));
    try {
      await this.#steps.run();
    } catch (error) {
      if (!(error instanceof StepsEnd || this.signal.aborted)) throw error;
    } finally {
      this.own.sendBy((request) => this.#sendAtMost(MOST, request));
    }
    return this.#cleanup.run();
  }

  /** Emails that may have been sent. */
  get emails(): number {
    return this.#invitations.mayHaveSent;
  }

  /** What is left if nothing more is sent. */
  left(): Left | undefined {
    return this.#cleanup.left();
  }

  async #sendStep(request: RawRequest) {
    this.signal.throwIfAborted();
    const reply = await this.#sendAtMost(MOST_OF_STEPS, request);
    // It was waited for, several times: others use up the limit.
    if (reply.status === 429) throw new StepsEnd();
    return reply;
  }

  #sendAtMost(most: number, request: RawRequest) {
    if (this.#sent === most) throw new StepsEnd(`no more than ${most} requests are sent`);
    this.#sent++;
    return this.send(request);
  }
}

/** How an interrupted run has ended. */
function ending(left: Left | undefined, emails: number): string {
  const error = leftError(left);
  if (error) return `${error.message} [${error.code}]`;
  const sent = emails === 0 ? "" : ` ${plural(emails, "email")} may have been sent; the invitations are cancelled.`;
  return `The organization of the probe is deleted, and nothing else was changed.${sent}`;
}

function leftError(left: Left | undefined): LeftBehindError | undefined {
  return left && new LeftBehindError(leftText(left), howToRemove(left));
}

function leftText({ name, slug, uid, exists, pending, why }: Left): string {
  const ids = [slug !== undefined && `slug ${quoted(slug)}`, uid !== undefined && `uid ${uid}`].filter(Boolean);
  const shown = `${quoted(name)}${ids.length > 0 ? ` (${ids.join(", ")})` : ""}`;
  const what = exists
    ? `The organization ${shown} of the probe is left at Avala`
    : `The organization ${shown} of the probe may be left at Avala`;
  const because = why === "" ? "" : `: ${why}`;
  const invited = pending === 0 ? "" : ` ${plural(pending, "invitation")} to it may be pending.`;
  return `${what}${because}.${invited}`;
}

/** With values of the probe's own organization only. */
function howToRemove({ slug, exists, pending }: Left): string {
  const path = `/organizations/${slug === undefined ? "{slug}" : printable(slug, 255)}/`;
  const look =
    exists && slug !== undefined ? "" : "Look for that name in GET /organizations/ or in Avala's own pages. ";
  const cancel = pending === 0 ? "" : `cancel its invitations (POST ${path}invitations/{uid}/cancel/), then `;
  return `${look}To remove it, ${cancel}delete it in Avala's own pages, or send DELETE ${path} with the same API key.`;
}
