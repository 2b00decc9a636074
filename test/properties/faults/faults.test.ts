import { cleanRuns, lineOf, templates, type Clean } from "./clean.js";
import { faultKinds, type FaultKind } from "./faults.js";
import { operations } from "./operations.js";
import { hitsOf, sharedHitsOf, runWithFault, type Verdict } from "./runWithFault.js";

// A minute and a half on two idle cores.
jest.setTimeout(1_200_000);

/** Concurrent batches: many of them wait for a retry most of the time. */
const AT_ONCE = 30;

const cleans = new Map<string, Promise<Clean[]>>();
/** Clean runs differ with the settings of the service: more pages are more calls. */
function cleansFor({ settings = {} }: FaultKind): Promise<Clean[]> {
  const key = JSON.stringify(settings);
  const found = cleans.get(key) ?? templates(operations, settings).then((list) => cleanRuns(list, settings));
  cleans.set(key, found);
  return found;
}

/** The shared list has the same effect for each operation of a resource: one of each represents them. */
const resourceOf = ({ template: { operation } }: Clean) => operation.name.split(":")[0]!;
const oneOfEach = (all: readonly Clean[]) => [...new Map(all.map((clean) => [resourceOf(clean), clean])).values()];

const verdicts = new Map<string, Verdict[]>();

/**
 * Deleting an organization shortens the list that all cases of an emulator share, and a read of several pages starts
 * again, three times at most. So these cases have an emulator of their own, where nothing reads that list.
 */
const deletesOrganization = ({ calls }: Clean) =>
  calls.some(
    ({ method, path }) => method === "DELETE" && /^\^\/organizations\/[^/]+\/\$$/.test(path.replaceAll("\\", "")),
  );

async function runAllFaults(): Promise<void> {
  const batches = faultKinds.flatMap((kind) => [
    {
      kind,
      hits: (all: Clean[]) =>
        hitsOf(
          kind,
          all.filter((clean) => !deletesOrganization(clean)),
        ),
    },
    { kind, hits: (all: Clean[]) => hitsOf(kind, all.filter(deletesOrganization)) },
    { kind, hits: (all: Clean[]) => sharedHitsOf(kind, oneOfEach(all)) },
  ]);
  const worker = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const { kind } = batch;
      const hits = batch.hits(await cleansFor(kind));
      const more = await runWithFault(kind, hits);
      verdicts.set(kind.name, [...(verdicts.get(kind.name) ?? []), ...more]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

beforeAll(runAllFaults);
afterAll(() => {
  const cases = [...verdicts.values()].flat();
  process.stderr.write(`${cases.length} cases: ${operations.length} operations, ${faultKinds.length} kinds of fault\n`);
});

it.each(faultKinds.map((kind) => [kind.name, kind] as const))(
  "%s at every call: the next run completes the operation",
  async (name, kind) => {
    const cases = verdicts.get(name)!;
    const lines = cases.flatMap(({ operation, call, problems }) =>
      problems.map((problem) => `${operation} | ${call} | ${problem}`),
    );
    expect(lines).toEqual([]);
    const met = new Set(cases.map(({ operation, call }) => `${operation} | ${call}`));
    expect(due(kind, await cleansFor(kind)).filter((line) => !met.has(line))).toEqual([]);
  },
);

/** Every call of every operation that this kind of fault can affect. */
const due = ({ affects = () => true }: FaultKind, all: readonly Clean[]): string[] =>
  all.flatMap(({ template: { operation }, calls }) =>
    calls.filter(affects).map((call) => `${operation.name} | ${lineOf(call)}`),
  );

it("all operations are carried out, and nearly all of them make calls that a fault can affect", async () => {
  const all = await cleansFor({ name: "" });
  expect(all.map(({ template }) => template.operation)).toEqual(operations);
  // A settled resource needs no request: another spelling that the state contains already sends nothing.
  const silent = all.filter(({ calls }) => calls.length === 0).map(({ template }) => template.operation.name);
  expect(silent).toEqual(["OrganizationMember: another spelling", "TeamMembership: another spelling"]);
});
