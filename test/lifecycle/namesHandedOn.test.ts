import { setTimeout as sleep } from "node:timers/promises";
import { addressKey } from "../../provider/schema/token.js";
import type { HostCalls, Kind, Properties } from "../support/host.js";
import { Hosts } from "../support/stack.js";
import { s, useService, uids } from "./support.js";

/*
 * Bug "the engine created the second team before it had compared the first": one resource gives up a name that another
 * takes in the same run. The engine makes the calls of both at the same time, so that any order is possible.
 */
useService();

interface Case {
  kind: Kind;
  /** Inputs other than the name. */
  inputs: Properties;
  adopt: string;
  name: string;
}

const cases: Record<string, Case> = {
  "a team": { kind: "team", inputs: { organization: uids.acme }, adopt: uids.core, name: "Core" },
  "an organization": { kind: "organization", inputs: {}, adopt: uids.acme, name: "Acme" },
};

const addressOf = (resource: string) => `pulumi-nodejs:dynamic/avala:Kind::${resource}`;
const inputsOf = ({ inputs }: Case, resource: string, more: Properties): Properties => ({
  ...inputs,
  ...more,
  [addressKey]: addressOf(resource),
});

/** The adopted resource of an earlier run: its inputs and its state. */
interface Former {
  inputs: Properties;
  id: string;
  state: Properties;
}

async function onHosts<Result>(act: (host: HostCalls, hosts: Hosts) => Promise<Result>): Promise<Result> {
  const hosts = await Hosts.start(s.stack);
  try {
    return await act(await hosts.of(""), hosts);
  } finally {
    await hosts.close();
  }
}

const adopted = (of: Case): Promise<Former> =>
  onHosts(async (host) => {
    const inputs = inputsOf(of, "former", { adopt: of.adopt, name: of.name });
    await host.check(of.kind, {}, inputs);
    const { id, properties } = await host.create(of.kind, inputs);
    return { inputs, id, state: properties };
  });

type Call = "check" | "diff" | "update" | "create";

/** Makes these calls, and returns the result of the creation of the other resource. */
const creationAmong = (of: Case, former: Former, renamed: Properties, calls: readonly Call[]): Promise<string> =>
  onHosts(async (host, { program }) => {
    for (const resource of ["former", "latter"]) await program.declares(addressOf(resource), of.kind, of.inputs);
    const news = inputsOf(of, "former", renamed);
    let creation = Promise.resolve("not begun");
    const acts: Record<Call, () => Promise<unknown>> = {
      check: () => host.check(of.kind, former.inputs, news),
      diff: () => host.diff(of.kind, former.id, former.state, news),
      update: () => host.update(of.kind, former.id, former.state, news),
      async create() {
        const inputs = inputsOf(of, "latter", { name: of.name });
        await host.check(of.kind, {}, inputs);
        creation = host.create(of.kind, inputs).then(
          () => "created",
          (error: Error) => /\[(AVALA_\w+)\]/.exec(error.message)?.[1] ?? error.message,
        );
        // It has looked up the owner of the name before the next call.
        await sleep(100);
      },
    };
    for (const call of calls) await acts[call]().catch(() => undefined);
    return creation;
  });

const orders: Call[][] = [
  ["check", "diff", "update", "create"],
  ["check", "diff", "create", "update"],
  ["check", "create", "diff", "update"],
  ["create", "check", "diff", "update"],
];

describe.each(Object.entries(cases))("%s, and another that takes its name", (_, of) => {
  const renamed = { adopt: of.adopt, name: "Former" };

  it.each(orders.map((order) => [order.join(", "), order] as const))(
    "is created in this order: %s",
    async (_o, order) => {
      expect(await creationAmong(of, await adopted(of), renamed, order)).toBe("created");
    },
  );

  it.each([
    ["is not renamed", { adopt: of.adopt, name: of.name }, undefined],
    ["gets another field alone", { adopt: of.adopt, name: of.name, description: "new" }, undefined],
    ["cannot be compared", { adopt: "nowhere", name: "Former" }, undefined],
    ["cannot be renamed", renamed, 403],
  ] as const)("is refused within the time of a test if the first %s", async (_why, inputs, status) => {
    const former = await adopted(of);
    if (status !== undefined) {
      await s.emulator.faults({ match: { method: "PATCH" }, action: { status }, times: 9 });
    }
    expect(await creationAmong(of, former, inputs, ["check", "create", "diff", "update"])).toBe("AVALA_GUARD");
  });
});
