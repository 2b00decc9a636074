import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { PROJECT } from "./project.mjs";

/**
 * What each area of provider/ may import besides itself: other areas (`ours`) and packages (`packages`), either of them
 * for types only (`oursTypes`, `types`), and Node's own modules unless `node` is false.
 */
const RULES = {
  index: { ours: ["resources", "components", "functions", "schema", "generated"] },
  resources: { ours: ["core", "schema", "generated"], packages: ["@pulumi/pulumi"] },
  components: { ours: ["files", "resources", "schema", "generated"], packages: ["@pulumi/pulumi"] },
  functions: {
    ours: ["client", "core", "snapshot", "schema"],
    oursTypes: ["resources"],
    packages: ["@pulumi/pulumi"],
    types: ["zod"],
  },
  cli: { ours: ["client", "files", "lifecycle", "policy", "snapshot", "schema"] },
  files: { ours: ["schema"] },
  lifecycle: { ours: ["core", "policy", "snapshot", "schema"] },
  policy: { ours: ["schema"], node: false },
  core: { ours: [] },
  snapshot: { ours: ["client", "schema"] },
  client: { ours: ["schema"], packages: ["undici", "zod"] },
  schema: { ours: [], packages: ["zod"], node: false },
  generated: { ours: ["schema"], oursTypes: ["resources"], types: ["@pulumi/pulumi"] },
};

/** Files that need more than their area: the way to the engine's log service, and names of international domains. */
const EXCEPTIONS = { "lifecycle/log.ts": ["@pulumi/pulumi", "@grpc/grpc-js"], "schema/address.ts": ["node:url"] };

/** The package's own package.json, for its version: equally far from source and build. */
const MANIFEST = "../package.json";

/** Offences against the import arrows in a provider folder, as `file:line: reason`, in the order of the files. */
export function arrowOffences(folder) {
  return sourceFiles(folder).flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(folder, file), "utf8"), ts.ScriptTarget.Latest, true);
    return importsOf(source).flatMap(({ node, name, typeOnly }) => {
      const reason = name === undefined ? "imports a computed name" : offence(file, name, typeOnly);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      return reason ? [`${file}:${line + 1}: ${reason}`] : [];
    });
  });
}

function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => /\.[cm]?ts$/.test(file))
    .toSorted();
}

/** Every way in which TypeScript names another module. */
function importsOf(source) {
  const found = [];
  const add = (node, specifier, typeOnly) =>
    found.push({ node, name: ts.isStringLiteralLike(specifier) ? specifier.text : undefined, typeOnly });
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, node.importClause?.isTypeOnly === true);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isExternalModuleReference(node)) add(node, node.expression, node.parent.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(node, node.argument.literal, true);
    else if (isImportCall(node)) add(node, node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isImportCall(node) {
  if (!ts.isCallExpression(node) || node.arguments.length === 0) return false;
  const callee = node.expression;
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

/** The area of a file of provider/: its first folder, or its name for the files at the top. */
const areaOf = (file) => (file.includes("/") ? file.split("/")[0] : file.replace(/\.[cm]?[jt]s$/, ""));

function offence(file, name, typeOnly) {
  const area = areaOf(file);
  const rule = RULES[area];
  if (!rule) return `belongs to no area that has a rule (${Object.keys(RULES).join(", ")})`;
  return name.startsWith(".") ? ourOffence(file, name, typeOnly, rule) : packageOffence(file, name, typeOnly, rule);
}

function ourOffence(file, name, typeOnly, { ours, oursTypes = [] }) {
  const area = areaOf(file);
  const target = posix.normalize(posix.join(posix.dirname(file), name));
  if (target === MANIFEST) return undefined;
  if (target.startsWith("..")) return `imports ${name}, which is outside of the package`;
  const to = areaOf(target);
  const allowed = [area, ...ours, ...(typeOnly ? oursTypes : [])];
  if (allowed.includes(to)) return undefined;
  const hint = oursTypes.includes(to) ? " except with import type" : "";
  return `${area} must not import ${to} (${name})${hint}; it may import ${list(allowed)}`;
}

function packageOffence(file, name, typeOnly, { packages = [], types = [], node = true }) {
  const area = areaOf(file);
  const bare = name.replace(/^node:/, "").split("/")[0];
  if (name.startsWith("node:") || builtinModules.includes(bare)) {
    return node || EXCEPTIONS[file]?.includes(name)
      ? undefined
      : `${area} must not import ${name}; of packages it may import ${list(packages)}`;
  }
  const wanted = name.split("/", name.startsWith("@") ? 2 : 1).join("/");
  const allowed = [...packages, ...(EXCEPTIONS[file] ?? []), ...(typeOnly ? types : [])];
  if (allowed.includes(wanted)) return undefined;
  const hint = types.includes(wanted) ? " except with import type" : "";
  return `${area} must not import the package ${wanted}${hint}; it may import ${list(allowed)}`;
}

const list = (names) => (names.length === 0 ? "none" : names.join(", "));

function main(folder = join(PROJECT, "provider")) {
  if (!existsSync(folder)) {
    process.stderr.write(`There is no folder ${folder}.\n`);
    return 2;
  }
  const offences = arrowOffences(folder);
  const shown = relative(process.cwd(), folder) || ".";
  for (const line of offences) process.stdout.write(`${shown}/${line}\n`);
  return offences.length === 0 ? 0 : 1;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv[2]);
}
