import { cleanRuns, hitsOf, operations, sharedHitsOf, suffer, templates, type Clean, type Verdict } from "./cases.js";
import { faultKinds, type FaultKind } from "./faults.js";

// A minute and a half on two cores that have nothing else to do.
jest.setTimeout(1_200_000);

/** Batches under way at once: many of them wait for a retry most of the time. */
const AT_ONCE = 6;

const cleans = new Map<string, Promise<Clean[]>>();
/** Clean runs differ with the settings of the service: more pages are more calls. */
function cleansFor({ settings = {} }: FaultKind): Promise<Clean[]> {
  const key = JSON.stringify(settings);
  const found = cleans.get(key) ?? templates(operations, settings).then((list) => cleanRuns(list, settings));
  cleans.set(key, found);
  return found;
}

/** The list that all share comes to the same for each operation of a resource: one of each stands for them. */
const resourceOf = ({ template: { operation } }: Clean) => operation.name.split(":")[0]!;
const oneOfEach = (all: readonly Clean[]) => [...new Map(all.map((clean) => [resourceOf(clean), clean])).values()];

const verdicts = new Map<string, Verdict[]>();
const due = new Map<string, number>();

async function sufferAll(): Promise<void> {
  const batches = faultKinds
    .filter(({ name }) => new RegExp(process.env["ONLY"] ?? "").test(name))
    .flatMap((kind) => [
      { kind, hits: (all: Clean[]) => hitsOf(kind, all) },
      { kind, hits: (all: Clean[]) => sharedHitsOf(kind, oneOfEach(all)) },
    ]);
  const worker = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const { kind } = batch;
      const hits = batch.hits(await cleansFor(kind));
      due.set(kind.name, (due.get(kind.name) ?? 0) + hits.length);
      verdicts.set(kind.name, [...(verdicts.get(kind.name) ?? []), ...(await suffer(kind, hits))]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

beforeAll(sufferAll);
afterAll(() => {
  const cases = [...verdicts.values()].flat();
  process.stderr.write(`${cases.length} cases: ${operations.length} operations, ${faultKinds.length} kinds of fault\n`);
});

it.each(faultKinds.map(({ name }) => name))("%s at every call: the next run puts it right", (name) => {
  const cases = verdicts.get(name)!;
  expect(cases.length).toBe(due.get(name)!);
  expect(cases.length).toBeGreaterThan(0);
  const told = cases.flatMap(({ operation, call, problems }) =>
    problems.map((problem) => `${operation} | ${call} | ${problem}`),
  );
  expect(told).toEqual([]);
});
