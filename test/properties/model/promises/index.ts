import type { Observed } from "../observed.js";
import {
  deletesOnlyWhatIsKnown,
  keepsOwnAccess,
  keepsOwners,
  stopsRemovals,
  stopsWhereKeyIsRefused,
} from "./access.js";
import { changesNothingUnlessUp, changesOnlyWhatIsDeclared, doublesNothing } from "./changes.js";
import { replacesOnlyOthers } from "./convergence.js";
import { countsItsEmails, forgetsNobody, sendsOnlyDueEmails } from "./emails.js";
import { standsForOnePerson } from "./identity.js";
import { losesNoRecord, takesAwayWhatLeaves } from "./records.js";

/** Promises that every run keeps. */
const promises: readonly ((run: Observed) => void)[] = [
  changesNothingUnlessUp,
  keepsOwners,
  keepsOwnAccess,
  changesOnlyWhatIsDeclared,
  doublesNothing,
  stopsRemovals,
  deletesOnlyWhatIsKnown,
  standsForOnePerson,
  stopsWhereKeyIsRefused,
  sendsOnlyDueEmails,
  countsItsEmails,
  forgetsNobody,
  losesNoRecord,
  takesAwayWhatLeaves,
  replacesOnlyOthers,
];

export function keepEveryPromise(run: Observed): void {
  for (const promise of promises) promise(run);
}
