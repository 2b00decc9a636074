import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./project.mjs";

/**
 * Runs `action` while no other process holds the lock of `folder`. It holds numbered links; the highest number is the lock,
 * and its target is the id of the process that holds it, or 0. Taking or releasing it makes the next number, which one
 * process alone can do: two that find the same dead owner cannot both go on.
 */
export async function withLock(folder, { doing, log }, action) {
  mkdirSync(folder, { recursive: true });
  let number = take(folder);
  if (!number) log(`Waiting for process ${ownerOf(folder)}, which is ${doing}. Is it not? Then delete ${folder}.`);
  for (; !number; number = take(folder)) await sleep(200);
  try {
    return await action();
  } finally {
    if (existsSync(folder)) create(folder, number + 1, 0);
  }
}

/** The number of the lock if this process has got it. */
function take(folder) {
  const number = newestIn(folder) + 1;
  if (isAlive(ownerOf(folder)) || !create(folder, number, process.pid)) return undefined;
  // A process that looked long ago may make a number again that is already superseded and removed.
  const newest = newestIn(folder);
  for (const other of numbersIn(folder)) if (other < newest) rmSync(join(folder, `${other}`), { force: true });
  return newest === number ? number : undefined;
}

const numbersIn = (folder) => readdirSync(folder).map(Number).filter(Number.isSafeInteger);
const newestIn = (folder) => Math.max(0, ...numbersIn(folder));

function ownerOf(folder) {
  const newest = newestIn(folder);
  if (newest === 0) return 0;
  try {
    return Number(basename(readlinkSync(join(folder, `${newest}`))));
  } catch (error) {
    // Superseded and removed since.
    if (error.code === "ENOENT") return ownerOf(folder);
    throw error;
  }
}

/** A link has its content at once, as a file has not. */
function create(folder, number, owner) {
  try {
    symlinkSync(`${owner}`, join(folder, `${number}`), "junction");
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}
