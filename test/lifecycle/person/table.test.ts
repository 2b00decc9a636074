import { batches, observeBatch, rowName } from "./observe.js";
import { declarations, situations, table, type Declaration, type Situation } from "./table.js";

const inBatches = batches.flat().toSorted();

it("runs every situation of the table", () => {
  expect(inBatches).toEqual(Object.keys(situations).toSorted());
});

describe.each(batches)("%s, …", (...batch: Situation[]) => {
  let observed: Awaited<ReturnType<typeof observeBatch>>;
  beforeAll(async () => {
    observed = await observeBatch(batch);
  }, 300_000);

  describe.each(batch)("%s", (situation) => {
    it.each(Object.keys(declarations) as Declaration[])("%s", (declaration) => {
      expect(observed.get(rowName(situation, declaration))).toEqual(table[situation][declaration]);
    });
  });
});
