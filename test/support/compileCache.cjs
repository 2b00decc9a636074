/** Keeps what V8 has compiled, as Node does from 22.1 on: the same code runs, and V8 need not parse it. */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, sep } = require("node:path");
const vm = require("node:vm");

/** How long a process has compiled nothing new when it writes the cache: the engine kills its provider. */
const SETTLED_MS = 300;
/** A negative column for the first line takes back what the wrapper adds to it: positions in stack traces stay. */
const columnOffset = -Module.wrapper[0].length;
/** An import outside of comments: a script of `vm` cannot do it. The compiler of TypeScript has it in texts only. */
const imports = /^(?!\s*[*/]).*(?<![-\w.$])import\s*\(/m;
const compiler = join("typescript", "lib", "typescript.js");
const mayImport = (text, filename) => imports.test(text) && !filename.endsWith(sep + compiler);

/** By file name: the digest of its text, and what was compiled of it. */
function readCache(file) {
  try {
    const bytes = readFileSync(file);
    const start = 4 + bytes.readUInt32LE(0);
    const index = JSON.parse(bytes.toString("utf8", 4, start));
    return new Map(index.map(([name, digest, from, to]) => [name, [digest, bytes.subarray(start + from, start + to)]]));
  } catch {
    // No process has written it yet.
    return new Map();
  }
}

function writeCache(file, entries) {
  let end = 0;
  const index = [...entries].map(([name, [digest, data]]) => [name, digest, end, (end += data.length)]);
  const text = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const partial = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(partial, Buffer.concat([length, text, ...[...entries.values()].map(([, data]) => data)]));
    renameSync(partial, file);
  } catch {
    // Without a cache the process does the same, only slower.
    rmSync(partial, { force: true });
  }
}

/** As Node makes it for a CommonJS module. */
function requireOf(module) {
  const require = (id) => module.require(id);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

/**
 * Loads modules below these folders with what `file` has of them; a module whose text differs is compiled anew. What this
 * process has compiled is added to `file`.
 */
exports.keepCompiled = function (file, folders) {
  const known = readCache(file);
  const scripts = new Map();
  let isNew = false;
  const write = () => {
    if (!isNew) return;
    isNew = false;
    const compiled = [...scripts].map(([name, [digest, script]]) => [name, [digest, script.createCachedData()]]);
    writeCache(file, new Map([...known, ...compiled]));
  };
  const timer = setTimeout(write, SETTLED_MS).unref();
  process.once("exit", write);

  const compile = Module.prototype._compile;
  Module.prototype._compile = function (text, filename) {
    const isKept = folders.some((folder) => filename.startsWith(folder + sep)) && !mayImport(text, filename);
    if (!isKept) return compile.call(this, text, filename);
    const digest = createHash("sha1").update(text).digest("base64");
    const [knownDigest, data] = known.get(filename) ?? [];
    const cachedData = digest === knownDigest ? data : undefined;
    const code = Module.wrap(text.replace(/^#!/, "//"));
    const script = new vm.Script(code, { filename, columnOffset, cachedData });
    scripts.set(filename, [digest, script]);
    if (script.cachedDataRejected !== false) {
      isNew = true;
      timer.refresh();
    }
    const run = script.runInThisContext();
    return run.call(this.exports, this.exports, requireOf(this), this, filename, dirname(filename));
  };
};
