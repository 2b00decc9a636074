import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Seed } from "../../../emulator/src/index.js";
import type { Properties } from "../../support/host.js";
import { Stack, type Hosts, type Outcome, type Program, type Recorded } from "../../support/stack.js";
import { CaseNames, type Operation } from "./operations.js";

export type OrganizationState = NonNullable<Seed["organizations"]>[number];
export type PersonState = NonNullable<Seed["people"]>[number];

/** An operation just before it is carried out: the data of the service and the state, as a template. */
export interface Template {
  operation: Operation;
  at: CaseNames;
  organizations: OrganizationState[];
  people: PersonState[];
  resources: [string, Recorded][];
}

/** One operation in an organization of its own. */
export class Case {
  readonly at: CaseNames;
  readonly stack: Stack;
  readonly organizations: OrganizationState[];
  readonly people: PersonState[];
  readonly operation: Operation;
  /** With `adopt` lines that messages have named. */
  program: Program;

  constructor(template: Template, token: string) {
    this.operation = template.operation;
    this.at = new CaseNames(token);
    const { organizations, people, resources } = copied(template, token);
    this.organizations = organizations;
    this.people = people;
    this.stack = new Stack({});
    for (const [name, recorded] of resources) this.stack.resources.set(name, recorded);
    this.program = this.operation.after?.(this.at) ?? {};
  }

  /** Carries the operation out, or continues it. Returns its error. */
  async run(hosts: Hosts): Promise<Error | undefined> {
    const { command } = this.operation;
    if (command === "refresh") return failure(this.within(hosts, (stack) => stack.refresh()));
    if (command === "destroy") return failure(this.within(hosts, (stack) => stack.destroy()));
    return failure(this.within(hosts, (stack) => stack.up(this.program)));
  }

  /** The steps of a preview and the findings of a refresh: none if the state is settled. */
  async unsettled(hosts: Hosts): Promise<string[]> {
    const { command } = this.operation;
    if (command === "destroy") return [...this.stack.resources.keys()];
    const { steps } =
      command === "refresh" ? { steps: [] } : await this.within(hosts, (stack) => stack.preview(this.program));
    const before = new Map([...this.stack.resources].map(([name, { outputs }]) => [name, lasting(outputs)]));
    await this.within(hosts, (stack) => stack.refresh());
    const changed = [...before].filter(
      ([name, outputs]) => !isDeepStrictEqual(outputs, lasting(this.stack.resources.get(name)?.outputs)),
    );
    return [...steps.filter((step) => !step.startsWith("same ")), ...changed.map(([name]) => `refresh of ${name}`)];
  }

  async within(hosts: Hosts, run: (stack: Stack) => Promise<Outcome>): Promise<Outcome> {
    this.stack.shared = hosts;
    return run(this.stack);
  }
}

/**
 * Without the expiry of an invitation: a resend changes it, and if it cannot be read back then, the next refresh records
 * it. And without the owner, whom a refresh records if it reads the members for another reason.
 */
function lasting(outputs: Properties | undefined): Properties | undefined {
  return outputs && { ...outputs, expiresAt: undefined, __owner: undefined };
}

async function failure(run: Promise<unknown>): Promise<Error | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

export const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const ownerUid = "00000001-0000-4000-8000-000000000000";

/** Uids of the case contain its token; those that the service has generated are replaced. */
function copied({ at, organizations, people, resources }: Template, token: string) {
  const uids = new Map<string, string>();
  const other = (uid: string): string => {
    if (uid === ownerUid || uid.startsWith(at.token)) return uid;
    const fresh = uids.get(uid) ?? randomUUID();
    uids.set(uid, fresh);
    return fresh;
  };
  const text = JSON.stringify({ organizations, people, resources });
  return JSON.parse(text.replaceAll(UUID, other).replaceAll(at.token, token)) as Pick<
    Template,
    "organizations" | "people" | "resources"
  >;
}

let tokens = 0;
/** Begins with a letter, so that no generated uid matches the token of a case by accident of its first digits. */
export const nextToken = (): string => `ca5e${(++tokens).toString(16).padStart(4, "0")}`;

export const owner = { uid: ownerUid, email: "owner@example.com" };

export const tokenIn = (text: string): string => /ca5e[0-9a-f]{4}/.exec(text)?.[0] ?? "";

/** Generated uids, secrets and times differ each time. */
export function comparable(value: unknown, token: string): unknown {
  const text = JSON.stringify(value, (key, part: unknown) => {
    if (["createdAt", "updatedAt", "expiresAt", "token", "__v"].includes(key)) return undefined;
    return Array.isArray(part) ? part.toSorted((a, b) => sortKey(a).localeCompare(sortKey(b))) : part;
  });
  const named = text.replaceAll(UUID, (uid) => (uid.startsWith(token) ? uid : "uid")).replaceAll(token, "TOKEN");
  return JSON.parse(named) as unknown;
}

function sortKey(row: unknown): string {
  const { email, name, status, role } = (row ?? {}) as Record<string, string>;
  return email === undefined && name === undefined ? JSON.stringify(row) : `${email} ${name} ${status} ${role}`;
}

/**
 * The recorded outputs, without the count of emails, which an unknown outcome may increase, and without each stack's own
 * address.
 */
export function outputsOf(stack: Stack, token: string): unknown {
  const recorded = [...stack.resources].map(([name, { outputs }]) => {
    const {
      emailsSent: _,
      adopt: __,
      onDestroy: ___,
      __created: ____,
      __address: _____,
      __owner: ______,
      ...rest
    } = outputs;
    return [name, rest];
  });
  return comparable(Object.fromEntries(recorded), token);
}
