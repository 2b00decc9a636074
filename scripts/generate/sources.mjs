// What is generated comes from these declarations and tables.
import { createRequire } from "node:module";

// Our sources are compiled on the spot: what is generated must not depend on a build that needs it.
const require = createRequire(import.meta.url);
const compilerOptions = { module: "commonjs", ignoreDeprecations: "6.0" };
require("ts-node").register({ swc: true, experimentalResolver: true, skipProject: true, compilerOptions });

export const { z } = require("zod");
export const schemas = require("../../provider/schema/index.ts");
export const rules = require("../../cli/drift/rules.ts");
export const { operations, steps } = require("../../test/engine/operations.ts");
export const person = require("../../test/lifecycle/person/table.ts");
export const { costs } = require("../../test/lifecycle/costs.ts");
export const errors = require("../../test/lifecycle/errors.ts");
export const { promises } = require("../../test/reliability.ts");
export const { sections } = require("../../cli/probe/statement.ts");
export const { statements } = require("../../cli/probe/statements/index.ts");
export const { homepage } = require("../../package.json");
