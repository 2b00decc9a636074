import { changesOf, hold, type Observed } from "../observed.js";
import { Reasons } from "../reasons.js";
import { organizationOf, type Service } from "../service.js";

/** Preview and refresh never write; an invalid program changes nothing. */
export function changesNothingUnlessUp(run: Observed): void {
  if (run.writing) return;
  const writes = run.calls.filter((call) => !call.startsWith("GET "));
  const changes = changesOf(run).map((change) => JSON.stringify(change));
  hold(`${run.command} changes nothing`, [...writes, ...changes]);
}

/**
 * Every change has a declaration as its reason: only people and objects that were removed from the program (or that
 * `unmanaged: "remove"` covers) are removed or deleted, and unmanaged ones are not changed.
 */
export function changesOnlyWhatIsDeclared(run: Observed): void {
  const reasons = new Reasons(run);
  hold(
    "Only what is declared changes",
    changesOf(run)
      .filter((change) => !reasons.has(change))
      .map((change) => JSON.stringify(change)),
  );
}

/** Nothing is created if one of its name exists. (If reads lag, a new object is not visible yet.) */
export function doublesNothing(run: Observed): void {
  if (run.stale) return;
  const names = ({ organizations }: Service) =>
    organizations.filter(({ isActive }) => isActive).map(({ name }) => name);
  const broken = changesOf(run).flatMap((change) => {
    if (change.what === "team made") {
      const { teams } = organizationOf(run.after, change.organization)!;
      return teams.filter(({ name }) => name === change.name).length > 1 ? [`team ${change.name}`] : [];
    }
    if (change.what !== "organization made") return [];
    const { name } = organizationOf(run.after, change.organization)!;
    return names(run.after).filter((other) => other === name).length > 1 ? [`organization ${name}`] : [];
  });
  hold("Nothing is made twice", broken);
}
