import { z } from "@hono/zod-openapi";

const pattern = z.string().transform((source, c) => {
  try {
    return new RegExp(source);
  } catch {
    c.addIssue("expected a regular expression");
    return z.NEVER;
  }
});
const milliseconds = z.int().min(0).max(600_000);
const delayMs = milliseconds.optional();

/** Statuses whose answers have no body. */
const BODILESS = [204, 205, 304];

/** What happens to a call: one action, which may be delayed. */
const actionSchema = z.union([
  z
    .strictObject({
      status: z.int().min(200).max(599),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.unknown().optional(),
      after: z.boolean().default(false),
      delayMs,
    })
    .refine(({ status, body }) => body === undefined || !BODILESS.includes(status)),
  z.strictObject({ drop: z.enum(["before", "after"]), delayMs }),
  z.strictObject({ truncate: z.literal(true), delayMs }),
  z.strictObject({ pauseMs: milliseconds, delayMs }),
  z.strictObject({ repeat: z.enum(["previous", "endless"]), delayMs }),
  z.strictObject({ delayMs: milliseconds }),
]);

const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.enum(["GET", "POST", "PATCH", "DELETE", "PUT"]).optional(),
      path: pattern.optional(),
      body: pattern.optional(),
      nth: z.int().min(1).default(1),
    })
    .prefault({}),
  action: actionSchema,
  times: z.int().min(1).nullable().default(1),
});

/** The body of `POST /_emulator/faults`. */
export const faultsSchema = z.array(faultSchema);

export type Fault = z.input<typeof faultSchema>;
export type Action = z.output<typeof actionSchema>;
export type AnswerAction = Extract<Action, { status: number }>;

/** One fault, and how many calls it has matched. */
class ActiveFault {
  matched = 0;
  private left: number;

  constructor(private readonly fault: z.output<typeof faultSchema>) {
    this.left = fault.times ?? Infinity;
  }

  /** Counts the call if it matches, and returns whether it fails. */
  matches(method: string, target: string, body: string): boolean {
    const { match } = this.fault;
    const isMatch =
      (match.method ?? method) === method && (match.path?.test(target) ?? true) && (match.body?.test(body) ?? true);
    if (isMatch) this.matched += 1;
    return isMatch && this.matched >= match.nth;
  }

  use(): Action {
    this.left -= 1;
    return this.fault.action;
  }

  get spent(): boolean {
    return this.left === 0;
  }

  toJSON() {
    const { match, action } = this.fault;
    return {
      match: { ...match, path: match.path?.source, body: match.body?.source },
      action,
      times: this.left === Infinity ? null : this.left,
      matched: this.matched,
    };
  }
}

/** The faults that are set. */
export class Faults {
  private active: ActiveFault[] = [];

  /** Adds faults to those that are set. Earlier ones go first. */
  add(faults: z.output<typeof faultsSchema>): void {
    this.active.push(...faults.map((fault) => new ActiveFault(fault)));
  }

  clear(): void {
    this.active = [];
  }

  /** The faults that are left, as they were given, with `times` counted down and `matched`, the number of matching calls so far. */
  list(): object[] {
    return this.active.map((fault) => fault.toJSON());
  }

  get none(): boolean {
    return this.active.length === 0;
  }

  /** What happens to this call; every matching fault counts it. */
  take(method: string, target: string, body: string): Action | undefined {
    const [due] = this.active.filter((fault) => fault.matches(method, target, body));
    const action = due?.use();
    if (due?.spent) this.active = this.active.filter((fault) => fault !== due);
    return action;
  }
}
