import type * as pulumi from "@pulumi/pulumi";
import { Team } from "./team.js";

/**
 * A team with `forceDestroy` is deleted with its memberships, in one request. From any other team, people are removed
 * one by one before, so that the team's own deletion sees only unmanaged people.
 */
export function goesWith(team: unknown): pulumi.CustomResourceOptions {
  return Team.isInstance(team) && team.__forceDestroy ? { deletedWith: team } : {};
}
