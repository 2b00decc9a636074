import { accessSync, appendFileSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/**
 * The Chromium to test with: AVALA_TEST_BROWSER, if set (an empty one means none, a wrong one fails the tests), otherwise
 * the first on PATH.
 */
export function findBrowser({ AVALA_TEST_BROWSER: chosen, PATH = "" } = process.env): string | undefined {
  if (chosen !== undefined) return chosen || undefined;
  return NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A headless browser with a fresh profile, which sends no requests by itself. */
export const launchBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Lets `npm test` report at its end what it has not tested, and why. */
export function notRun(what: string, reason: string): void {
  const line = `${what} (${reason})`;
  const { AVALA_TEST_NOT_RUN: file } = process.env;
  if (file === undefined) process.stderr.write(`Not run: ${line}\n`);
  else appendFileSync(file, `${line}\n`);
}
