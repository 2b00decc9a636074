/**
 * Keeps what V8 has compiled, as Node does from 22.1 on, together with the texts and with what Node found for each
 * `require`: the same code runs, and Node need not look for it, read it or parse it.
 */
const { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, isAbsolute, join, sep } = require("node:path");
const vm = require("node:vm");

/** How long a process has compiled nothing new when it writes the cache: the engine kills its provider. */
const SETTLED_MS = 300;
/** A negative column for the first line takes back what the wrapper adds to it: positions in stack traces stay. */
const columnOffset = -Module.wrapper[0].length;
/** An import outside of comments: a script of `vm` cannot do it. The compiler of TypeScript has it in texts only. */
const imports = /^(?!\s*[*/]).*(?<![-\w.$])import\s*\(/m;
const compiler = join("typescript", "lib", "typescript.js");
const mayImport = (text, filename) => imports.test(text) && !filename.endsWith(sep + compiler);

/** Changes with every write of a file, also with one that sets its other times back; undefined if it does not exist. */
function stampOf(filename) {
  const stats = statSync(filename, { throwIfNoEntry: false });
  return stats && `${stats.ctimeMs} ${stats.size} ${stats.ino}`;
}

/** Files by name, with their stamp, text and compiled code, and names of files by what was required where. */
function readCache(file) {
  try {
    const bytes = readFileSync(file);
    const start = 4 + bytes.readUInt32LE(0);
    const { files, found } = JSON.parse(bytes.toString("utf8", 4, start));
    const part = (from, to) => bytes.subarray(start + from, start + to);
    const entry = ([name, stamp, from, middle, to]) => [name, [stamp, part(from, middle), part(middle, to)]];
    return { files: new Map(files.map(entry)), found: new Map(found) };
  } catch {
    // No process has written it yet.
    return { files: new Map(), found: new Map() };
  }
}

function writeCache(file, { files, found }) {
  let end = 0;
  const place = ([name, [stamp, text, data]]) => [name, stamp, end, (end += text.length), (end += data.length)];
  const index = Buffer.from(JSON.stringify({ files: [...files].map(place), found: [...found] }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  const partial = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const parts = [...files.values()].flatMap(([, text, data]) => [text, data]);
    writeFileSync(partial, Buffer.concat([length, index, ...parts]));
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
 * Loads modules below these folders with what `file` has of them; a module that was written since is compiled anew. What
 * this process has found and compiled is added to `file`.
 */
exports.keepCompiled = function (file, folders) {
  const known = readCache(file);
  const scripts = new Map();
  const found = new Map(known.found);
  const isKept = (filename) => folders.some((folder) => filename.startsWith(folder + sep));
  let isNew = false;
  const write = () => {
    if (!isNew) return;
    isNew = false;
    const compiled = [...scripts].map(([name, [stamp, text, script]]) => {
      return [name, [stamp, Buffer.from(text), script.createCachedData()]];
    });
    writeCache(file, { files: new Map([...known.files, ...compiled]), found });
  };
  const timer = setTimeout(write, SETTLED_MS).unref();
  const isAdded = () => {
    isNew = true;
    timer.refresh();
  };
  process.once("exit", write);

  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, parent, isMain, options) {
    const isOurs = options === undefined && typeof parent?.filename === "string" && isKept(parent.filename);
    if (!isOurs || isAbsolute(request)) return resolve.call(this, request, parent, isMain, options);
    const key = `${dirname(parent.filename)}\0${request}`;
    const before = found.get(key);
    if (before !== undefined && stampOf(before) !== undefined) return before;
    const filename = resolve.call(this, request, parent, isMain, options);
    if (isAbsolute(filename) && isKept(filename)) {
      found.set(key, filename);
      isAdded();
    }
    return filename;
  };

  const load = Module._extensions[".js"];
  Module._extensions[".js"] = function (module, filename) {
    const [stamp, text, cachedData] = known.files.get(filename) ?? [];
    if (stamp === undefined || stamp !== stampOf(filename)) return load.call(this, module, filename);
    return run(module, filename, stamp, text.toString(), cachedData);
  };

  const compile = Module.prototype._compile;
  Module.prototype._compile = function (text, filename, ...more) {
    if (!isKept(filename) || mayImport(text, filename)) return compile.call(this, text, filename, ...more);
    return run(this, filename, stampOf(filename), text);
  };

  function run(module, filename, stamp, text, cachedData) {
    const code = Module.wrap(text.replace(/^#!/, "//"));
    const script = new vm.Script(code, { filename, columnOffset, cachedData });
    if (script.cachedDataRejected !== false) {
      scripts.set(filename, [stamp, text, script]);
      isAdded();
    }
    const wrapper = script.runInThisContext();
    return wrapper.call(module.exports, module.exports, requireOf(module), module, filename, dirname(filename));
  }
};
