import { isDeepStrictEqual } from "node:util";
import type { Settings } from "../../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import { Hosts } from "../../support/stack.js";
import { comparable, owner, tokenIn, type Case, type OrganizationState, type PersonState } from "./case.js";

/** The service's data of an organization, without the parts that differ from run to run. */
export type Held = unknown;

/** An emulator, and host processes that share its lifetime. */
export class Bench {
  static async start(settings: Partial<Settings> = {}, environment: Record<string, string> = {}): Promise<Bench> {
    return new Bench(await startEmulator(), settings, environment);
  }

  private constructor(
    readonly emulator: TestEmulator,
    private readonly settings: Partial<Settings>,
    private readonly environment: Record<string, string>,
  ) {}

  close = (): Promise<void> => this.emulator.close();

  /** Waits longer than any list lags behind. */
  later = (): Promise<unknown> => this.emulator.advance(120);

  async hold(organizations: OrganizationState[], people: PersonState[]): Promise<void> {
    await this.emulator.reset({ settings: this.settings, people: [owner, ...people], organizations });
  }

  /** Starts a host process for the given steps, as one run does. */
  async together<T>(work: (hosts: Hosts) => Promise<T>, over: Record<string, string> = {}): Promise<T> {
    // A refusal halves the burst: it must not affect the tests.
    const environment = {
      ...this.emulator.environment(),
      AVALA_REQUESTS_PER_SECOND: `${2 ** 52}`,
      AVALA_REQUESTS_PER_MINUTE: `${2 ** 52}`,
      ...this.environment,
      ...over,
    };
    const hosts = await Hosts.start({ environment, config: {}, providers: {} });
    try {
      return await work(hosts);
    } finally {
      await hosts.close();
    }
  }

  /** The service's data, by the token of the case; softly deleted organizations are left out. */
  async held(tokens: readonly string[]): Promise<Map<string, Held>> {
    const organizations = (await this.emulator.state()).organizations.filter(({ isActive }) => isActive);
    const held = new Map<string, unknown[]>(tokens.map((token) => [token, []]));
    for (const organization of organizations) {
      const token = tokenIn(organization.name);
      held.get(token)?.push(comparable(organization, token));
    }
    return held;
  }

  /** Emails as "kind address", by the token of the case. */
  async emails(): Promise<Map<string, string[]>> {
    const emails = new Map<string, string[]>();
    for (const { kind, to } of await this.emulator.emails()) {
      const token = tokenIn(to);
      emails.set(token, [...(emails.get(token) ?? []), `${kind} ${to.replaceAll(token, "TOKEN")}`]);
    }
    return emails;
  }
}

/** The run after the fault; if it names an adopt line, the line is added, and the run is repeated. */
export async function again(
  bench: Bench,
  cases: readonly Case[],
  unfinished = /adopt: "/,
): Promise<(Error | undefined)[]> {
  let errors = await bench.together((hosts) => Promise.all(cases.map((one) => one.run(hosts))));
  // An organization and two teams, one after the other, and each may need a wait.
  for (let runs = 0; runs < 6 && cases.some((one, i) => goesOn(one, errors[i], unfinished)); runs++) {
    await bench.later();
    const before = errors;
    errors = await bench.together((hosts) =>
      Promise.all(
        cases.map((one, i) => (goesOn(one, before[i], unfinished) ? follow(one, before[i]!, hosts) : before[i])),
      ),
    );
  }
  return errors;
}

/** An object was created without being recorded: it needs the adopt line of the message, or a wait. */
const goesOn = ({ operation }: Case, error: Error | undefined, unfinished: RegExp): boolean =>
  operation.adoptable !== undefined && unfinished.test(error?.message ?? "");

const adoptLine = /named "(.*?)"? exists already.*adopt: "([-0-9a-f]{36})"/s;

function follow(one: Case, error: Error, hosts: Hosts): Promise<Error | undefined> {
  const line = adoptLine.exec(error.message);
  if (!line) return one.run(hosts);
  const [, name, adopt] = line;
  const found = Object.entries(one.program).find(
    ([key, { inputs }]) => one.operation.adoptable!.includes(key) && inputs["name"] === name,
  )!;
  const [key, declaration] = found;
  one.program = { ...one.program, [key]: { ...declaration, inputs: { ...declaration.inputs, adopt } } };
  return one.run(hosts);
}

export function difference(what: string, wanted: unknown, found: unknown): string[] {
  if (isDeepStrictEqual(wanted, found)) return [];
  const [left, right] = [wanted, found].map((value) => JSON.stringify(value, null, 1).split("\n"));
  const [missing, extra] = [surplus(left!, right!), surplus(right!, left!)];
  if (missing.length + extra.length === 0) return [`${what} the same in other places`];
  return [
    `${what} -[${missing.map((line) => line.trim()).join(" ")}] +[${extra.map((line) => line.trim()).join(" ")}]`,
  ];
}

/** Lines that are in the first list more often than in the second. */
export function surplus(lines: readonly string[], from: readonly string[]): string[] {
  const left = [...from];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
