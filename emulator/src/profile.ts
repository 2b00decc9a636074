import { z } from "@hono/zod-openapi";
import { problems, SeedError } from "./errors.js";
import { settingsSchema } from "./settings.js";

/** What was measured of a deployment, as far as the emulator uses it: the rest of the document is for people. */
const profileSchema = z.object({
  version: z.literal(1, { error: ({ input }) => `expected 1, not ${JSON.stringify(input)}` }),
  settings: settingsSchema.partial(),
});

/** A profile of a deployment: `settings` replace the defaults. */
export type Profile = z.input<typeof profileSchema>;

/** The settings of a profile; throws SeedError, which names the path of the value. */
export function settingsOf(profile: unknown): z.output<typeof profileSchema>["settings"] {
  const parsed = profileSchema.safeParse(profile);
  if (parsed.success) return parsed.data.settings;
  throw new SeedError(`profile: ${problems(parsed.error)}`, "profile");
}
