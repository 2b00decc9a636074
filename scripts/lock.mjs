import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const HEARTBEAT_MS = 10_000;
const FOREIGN_STALE_MS = 60_000;
const UNREADABLE_STALE_MS = 10_000;
const RELEASED = "released";

/**
 * Runs `action` while no other process holds the lock kept in `folder`.
 *
 * The folder holds numbered files; the highest number is the lock. Taking it means creating the next number, which only
 * one process can do, and a lock of a dead owner is never removed before a higher one exists. So two processes that
 * find the same stale lock cannot both get past it.
 */
export async function withLock(folder, { doing, log }, action) {
  const lock = await acquire(folder, doing, log);
  const heartbeat = setInterval(() => ifThere(() => touch(lock)), HEARTBEAT_MS).unref();
  const release = () => ifThere(() => writeFileSync(lock, RELEASED));
  process.once("exit", release);
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    process.removeListener("exit", release);
    release();
  }
}

async function acquire(folder, doing, log) {
  mkdirSync(folder, { recursive: true });
  let told = false;
  for (;;) {
    const newest = newestIn(folder);
    const owner = newest === 0 ? undefined : liveOwner(join(folder, String(newest)));
    if (!owner) {
      const lock = tryTake(folder, newest + 1, doing);
      if (lock) return lock;
      continue;
    }
    if (!told) log(`Waiting for process ${owner.pid}, which is ${owner.doing}.`);
    told = true;
    await sleep(200);
  }
}

function tryTake(folder, number, doing) {
  const lock = join(folder, String(number));
  const owner = { pid: process.pid, started: processStart(process.pid), host: hostname(), doing };
  try {
    writeFileSync(lock, JSON.stringify(owner), { flag: "wx" });
  } catch (error) {
    if (error.code === "EEXIST") return undefined;
    throw error;
  }
  // A process that looked long ago may recreate a number that is already superseded.
  if (newestIn(folder) !== number) {
    rmSync(lock, { force: true });
    return undefined;
  }
  for (const older of numbersIn(folder)) if (older < number) rmSync(join(folder, String(older)), { force: true });
  return lock;
}

const numbersIn = (folder) =>
  readdirSync(folder)
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number);

const newestIn = (folder) => Math.max(0, ...numbersIn(folder));

/** The owner of a lock file as long as it may still be at work, else undefined. */
function liveOwner(lock) {
  const found = ifThere(() => ({ text: readFileSync(lock, "utf8"), age: Date.now() - statSync(lock).mtimeMs }));
  if (!found || found.text === RELEASED) return undefined;
  const { text, age } = found;
  const owner = parseOwner(text);
  if (!owner) return age < UNREADABLE_STALE_MS ? { pid: "unknown", doing: "starting" } : undefined;
  // Process numbers of another machine or container mean nothing here: only its heartbeat does.
  if (owner.host !== hostname()) return age < FOREIGN_STALE_MS ? owner : undefined;
  return isRunning(owner) ? owner : undefined;
}

function parseOwner(text) {
  try {
    const owner = JSON.parse(text);
    return Number.isInteger(owner?.pid) ? owner : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRunning({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === "ESRCH") return false;
    if (error.code !== "EPERM") throw error;
  }
  const now = processStart(pid);
  return started === undefined || now === undefined || started === now;
}

/** Start time of a process where the system tells it (Linux), so that a number in use again is not taken for its owner. */
function processStart(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The command name, in parentheses, may itself hold spaces and parentheses.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function touch(lock) {
  const now = new Date();
  utimesSync(lock, now, now);
}

/** The folder of a lock may be deleted by hand while it is held. */
function ifThere(action) {
  try {
    return action();
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
