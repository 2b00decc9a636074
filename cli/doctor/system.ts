import { isNetworkPath, isWindows, systemName } from "../../provider/core/platform.js";
import { quoted } from "../../provider/core/text.js";
import { ok, warning, type Check } from "./check.js";

/** What a user has to know about the operating system; nothing on Linux and macOS. */
export function systemChecks(folder: string, platform: NodeJS.Platform = process.platform): Check[] {
  if (systemName(platform) === undefined) {
    return [
      warning(
        "system",
        `The operating system ${platform} is not supported: nothing has been tested on it.`,
        "Run Pulumi on Linux, macOS or Windows.",
      ),
    ];
  }
  if (!isWindows(platform)) return [];
  if (isNetworkPath(folder, platform)) {
    return [
      warning(
        "system",
        `The folder ${quoted(folder, 200)} is on a network share. Pulumi starts the provider with cmd, which cannot start there.`,
        "Give the share a drive letter (net use), or move the project to a local drive.",
      ),
    ];
  }
  return [ok("system", "Windows; commands in messages and documents are for a POSIX shell such as Git Bash")];
}
