import { build } from "esbuild";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { renameUnused } from "./platform.mjs";

/**
 * What hosts and the command line load, each as one file: reading one file is faster than reading two hundred. The
 * emulator is a file of its own, because commands other than `rehearse` do without it.
 */
const BUNDLES = { plugin: "provider/plugin.ts", cli: "cli/main.ts", emulator: "emulator/src/index.ts" };

/** The SDK is the program's own. `yaml` is a dependency of the package, and is loaded only when a file is read. */
const EXTERNAL = ["@pulumi/pulumi", "@grpc/grpc-js", "yaml"];

/** Of undici the client uses its Agent alone. The bundle freezes the version, so the path inside of the package is safe. */
const agentOfUndici = {
  name: "agent of undici",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/]undici[\\/]index\.js$/ }, () => ({
      contents: `exports.Agent = require("./lib/dispatcher/agent.js");`,
    }));
  },
};

/** The folder in node_modules of each package that a bundle contains, by the name of the bundle; for the SBOM. */
export const CONTENTS = "dist/.bundles.json";

const emulatorApart = {
  name: "emulator apart",
  setup({ onResolve }) {
    onResolve({ filter: /[\\/]emulator[\\/]src[\\/]index\.js$/ }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: "./emulator.js", external: true },
    );
  },
};

/**
 * Writes `dist/plugin.js`, `dist/cli.js`, `dist/emulator.js` and the licences of the packages that they contain.
 * @param names which of them; all by default
 */
export async function bundle(root, names = Object.keys(BUNDLES)) {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [name, BUNDLES[name]])),
    outdir: "dist",
    bundle: true,
    platform: "node",
    target: "node20.19",
    tsconfigRaw: {},
    external: EXTERNAL,
    plugins: [agentOfUndici, emulatorApart],
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  for (const { path, text } of outputFiles) replace(path, text);
  const contents = Object.entries(metafile.outputs).map(([file, { inputs }]) => [
    basename(file),
    foldersOf(Object.keys(inputs)),
  ]);
  replace(join(root, CONTENTS), JSON.stringify(Object.fromEntries(contents)));
  replace(join(root, "dist/LICENSES.txt"), licencesOf(root, Object.keys(metafile.inputs)));
}

/** In one step: another process may be loading the file. */
function replace(path, text) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, text);
  renameUnused(fresh, path);
}

function foldersOf(inputs) {
  const folders = inputs.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []);
  return [...new Set(folders)].toSorted();
}

function licencesOf(root, inputs) {
  return foldersOf(inputs)
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(join(root, folder, file), "utf8") : "";
      return `${name} ${version}, ${license}\n\n${text.trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
