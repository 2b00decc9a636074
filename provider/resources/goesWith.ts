import type * as pulumi from "@pulumi/pulumi";
import { Team } from "./team.js";

/**
 * A team that is deleted whatever is inside takes its memberships along, in one request. From any other team people
 * are taken one by one first, or it could not tell those that no declaration knows.
 */
export function goesWith(team: unknown): pulumi.CustomResourceOptions {
  return Team.isInstance(team) && team.__forceDestroy ? { deletedWith: team } : {};
}
