import { readFileSync } from "node:fs";
import { join } from "node:path";

const contract = readFileSync(join(__dirname, "../../docs/internals/contract.md"), "utf8");

/** Facts of Avala's API, by the names that docs/internals/contract.md gives them in its tables. */
export const facts = [...contract.matchAll(/^\| `([a-z]+(?:-[a-z]+)+)`/gm)].map(([, name]) => name!);
