import { hiddenIn } from "../../provider/policy/hiddenState.js";
import type { Managed } from "../pulumi/managed.js";
import { secretText } from "../pulumi/values.js";
import { stronger, type Access } from "../review/access.js";
import { usualFields } from "../review/changes.js";
import { changedFields, recordsOf, type AccessRecord } from "../review/claims.js";
import type { Person } from "../review/people.js";
import type { Scope } from "../review/scopes.js";
import type { Directory } from "./directory.js";
import { scopeIdOf, times, type Moment, type CopiedScopes, type Time } from "./copiedScopes.js";

/** What somebody has in an organization or team of the copy. */
interface Held {
  role: string;
  certainty: "has" | "invited";
}

/** What a resource records of somebody's access. */
interface Recorded {
  record: AccessRecord;
  unfinished: boolean;
}

/** A person in an organization or team: what the copy held, what resources recorded, and the emails of the run. */
interface Entry {
  scope: Scope;
  person: Person;
  held: Record<Time, Held | undefined>;
  recorded: Record<Time, Recorded[]>;
  emails: number;
}

/** Everybody's access before the run and after it, managed or not. */
export class Accesses {
  readonly #entries = new Map<string, Entry>();
  /** One for both moments: what expires between them is not a change of the run. */
  readonly #now = Date.now();

  constructor(
    private readonly moments: Readonly<Record<Time, Moment>>,
    private readonly copiedScopes: CopiedScopes,
    private readonly people: Directory,
    private readonly isPartial: boolean,
  ) {
    for (const time of times) {
      this.#hold(time);
      this.#record(time);
    }
  }

  /** An email of the run about an organization, by its uid. */
  addEmail(to: string, organization: string): Person {
    const [copied] = this.copiedScopes.of(organization);
    const person = this.people.ofAddress(copied?.url ?? "", to);
    if (copied) this.#entry(copied.scope, person).emails++;
    return person;
  }

  get all(): Access[] {
    return [...this.#entries.values()].map((entry) => this.#accessOf(entry));
  }

  #hold(time: Time): void {
    const { states } = this.moments[time];
    for (const { scope, url, [time]: row } of this.copiedScopes.organizations) {
      const now = this.#now + (states.get(url)?.clockOffsetSeconds ?? 0) * 1000;
      for (const { email, role, status, expiresAt } of row?.invitations ?? []) {
        // One that has expired gives nothing, though it is listed until somebody cancels it.
        if (status !== "pending" || (expiresAt !== undefined && Date.parse(expiresAt) <= now)) continue;
        this.#entry(scope, this.people.ofAddress(url, email)).held[time] = { role, certainty: "invited" };
      }
    }
    for (const { scope, url, [time]: row } of [...this.copiedScopes.organizations, ...this.copiedScopes.teams]) {
      for (const { email, role } of row?.members ?? [])
        this.#entry(scope, this.people.ofAddress(url, email)).held[time] = { role, certainty: "has" };
    }
  }

  #record(time: Time): void {
    for (const one of this.moments[time].managed) {
      if (one.key === "organization" || one.key === "team") continue;
      const { isUnfinished } = hiddenIn(one.outputs);
      for (const { scope, url } of this.copiedScopes.of(scopeIdOf(one))) {
        for (const record of recordsIn(one)) {
          const { recorded } = this.#entry(scope, this.people.of(url, record.named));
          recorded[time].push({ record, unfinished: isUnfinished });
        }
      }
    }
  }

  #entry(scope: Scope, person: Person): Entry {
    const key = keyOf(scope, person);
    const entry = this.#entries.get(key) ?? {
      scope,
      person,
      held: { before: undefined, after: undefined },
      recorded: { before: [], after: [] },
      emails: 0,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #accessOf(entry: Entry): Access {
    const { scope, person, held, recorded, emails } = entry;
    const recordBefore = chosen(recorded.before);
    const after = standOf(held.after, chosen(recorded.after, recordBefore?.urn), this.isPartial);
    const pending = recordBefore?.certainty === "waiting" && after?.managed === true;
    // Access that the copy did not hold before is gained, whatever was recorded; only a pending one counts.
    const isNew = !held.before && held.after && !pending;
    const before = isNew ? undefined : standOf(held.before, recordBefore, this.isPartial);
    const accepted = hasAccepted(entry);
    const possible = (accepted || this.#hasWaited(entry)) && isSameDeclaration(recorded);
    return {
      scope,
      person,
      before: accepted ? { ...before!, certainty: "invited" } : before,
      after: after && { ...after, possible },
      emails,
      newcomer: false,
      cause: held.before && !held.after ? this.#cause(entry) : undefined,
      unclear: [],
      resources: [...new Set(times.flatMap((time) => recorded[time].map(({ record }) => record.urn)))],
    };
  }

  /** The team membership was pending, and the person had become a member of the organization before the run. */
  #hasWaited({ scope, person, held, recorded }: Entry): boolean {
    if (scope.kind !== "team" || held.before || !held.after) return false;
    const joined = this.#entries.get(keyOf(scope.organization, person))?.held.before?.certainty === "has";
    const waits = ({ record }: Recorded) => record.certainty === "waiting" && record.role === held.after!.role;
    return joined && recorded.before.every(waits);
  }

  #cause({ scope, person }: Entry): Access["cause"] {
    const { organization } = scope;
    if (!this.copiedScopes.at(organization).after) return "organization deleted";
    if (scope.kind === "organization") return undefined;
    if (!this.copiedScopes.at(scope).after) return "team deleted";
    const inOrganization = this.#entries.get(keyOf(organization, person))?.held;
    return inOrganization?.after?.certainty === "has" ? undefined : "organization left";
  }
}

/** What a resource records; whom a roster only reports is in the copy. */
function recordsIn(managed: Managed): AccessRecord[] {
  const { kind, name, urn, id, outputs, sealed, provider = "default" } = managed;
  const records = recordsOf({
    urn,
    kind,
    name,
    id,
    inputs: {},
    outputs: { ...outputs, ...Object.fromEntries(sealed.map((one) => [one, secretText])) },
    dependencies: {},
    // Nothing but its name is asked for.
    provider: `urn:pulumi:stack::project::pulumi:providers:pulumi-nodejs::${provider}`,
    retained: false,
    unfinished: hiddenIn(outputs).isUnfinished,
  });
  return kind === "TeamRoster" ? records.filter((record) => record.managed) : records;
}

/** Of what several resources record, what says most; rather of the resource that stood for it before. */
function chosen(recorded: readonly Recorded[], urn?: string): AccessRecord | undefined {
  const managed = recorded.map(({ record }) => record).filter((record) => record.managed);
  const same = managed.find((record) => record.urn === urn);
  return same ?? managed.reduce<AccessRecord | undefined>(stronger, undefined);
}

/** The copy says who has what; if they have nothing there, what a resource records is pending or gone. */
function standOf(
  held: Held | undefined,
  record: AccessRecord | undefined,
  isPartial: boolean,
): AccessRecord | undefined {
  if (held) {
    const { urn = "", kind = "OrganizationMember", fields = usualFields } = record ?? {};
    return { named: {}, ...held, managed: record !== undefined, unclear: [], mayHold: true, kind, urn, fields };
  }
  if (!record) return undefined;
  const certainty = record.certainty === "waiting" ? "waiting" : "lapsed";
  // Where the keys could not see everything, people who have access by the state may have it.
  return { ...record, certainty, unclear: [], mayHold: isPartial && record.mayHold };
}

/** The state recorded an invitation; the run has found a member, and left them as they were. */
function hasAccepted({ scope, held, recorded }: Entry): boolean {
  if (scope.kind === "team" || held.before?.certainty !== "has" || held.after?.certainty !== "has") return false;
  return (
    held.before.role === held.after.role &&
    chosen(recorded.before)?.certainty === "invited" &&
    recorded.after.some(({ record }) => record.certainty === "has")
  );
}

/** The same resources declare the same: what has changed is what others have made possible. */
function isSameDeclaration({ before, after }: Entry["recorded"]): boolean {
  if (before.length === 0 || before.length !== after.length) return false;
  return before.every(({ record, unfinished }) => {
    const now = after.find((other) => other.record.urn === record.urn)?.record;
    return !unfinished && now !== undefined && changedFields(record.fields, now.fields).length === 0;
  });
}

function keyOf(scope: Scope, person: Person): string {
  return `${scope.key} ${person.key}`;
}
