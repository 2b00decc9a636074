import { scenario } from "../support.js";
import { observeRow } from "./cells.js";
import { declarations, situations, table, type Declaration, type Situation } from "./table.js";

const all = Object.keys(situations) as Situation[];
const middle = Math.floor(all.length / 2);

/** Of all situations, so that two files can run side by side. */
export const halves = [all.slice(0, middle), all.slice(middle)] as const;

/** One test for each row of the table. */
export function rowTests(chosen: readonly Situation[]): void {
  const s = scenario();
  describe.each(chosen)("%s", (situation) => {
    it.each(Object.keys(declarations) as Declaration[])("%s", async (declaration) => {
      expect(await observeRow(s, situation, declaration)).toEqual(table[situation][declaration]);
    });
  });
}
