import { z } from "zod";
import { printable } from "../../provider/core/text.js";
import type { Option } from "../command.js";
import { ProfileError } from "../errors.js";
import { inputText, sourceName } from "../input.js";
import { profileSchema, type Profile } from "./profile.js";

/** The option of commands that take a profile. */
export const profileOption = (description: string) =>
  ({ profile: { type: "string", value: "<file>", description } }) as const satisfies Record<string, Option>;

/**
 * The profile of a deployment that `probe --out` has written.
 * @throws ProfileError if it is anything else
 */
export async function readProfile(file: string): Promise<Profile> {
  const document = documentOf(await inputText(file), file);
  const { version } = Object(document) as { version?: unknown };
  if (typeof version === "number" && version !== profileSchema.shape.version.value) {
    throw invalid(file, "was written by a different version of pulumi-avala");
  }
  const parsed = profileSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw invalid(file, `is not a profile of a deployment: ${parsed.error.issues.map(shownIssue).join("; ")}`);
}

function documentOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(file, "is not valid JSON");
  }
}

function shownIssue({ path, message }: z.core.$ZodIssue): string {
  return printable([z.core.toDotPath(path), message].filter(Boolean).join(": "), 200);
}

const invalid = (file: string, what: string) =>
  new ProfileError(
    `${sourceName(file)} ${what}.`,
    "Write it again: pulumi-avala probe --write --out avala-profile.json.",
  );
