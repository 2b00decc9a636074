import type { Desk } from "../support/commandLine.js";
import type { Exported } from "../support/exported.js";

/** An entry of `drift --json`, as far as tests look at it. */
export interface Finding {
  kind: string;
  drift: boolean;
  subject: string;
  organization: { uid: string; slug?: string };
  team?: { uid: string; name?: string };
  person?: { email?: string; userUid?: string; username?: string };
  role?: string;
  formerOwner?: { email?: string; userUid?: string; username?: string };
  resource?: { kind: string; name: string };
  property?: string;
  declared?: unknown;
  now?: unknown;
  message: string;
  repair: string;
  import?: { type: string; name: string; id: string };
}

export interface Report {
  drift: boolean;
  organizations: { uid: string; visible: boolean; invitationsVisible?: boolean }[];
  resources: number;
  counts: Record<string, number>;
  findings: Finding[];
  notices: { person: { email?: string }; message: string; team?: { uid: string } }[];
  notVisible: string[];
  ignored: number;
  unusedRules: number[];
  importFile: { resources: NonNullable<Finding["import"]>[] };
}

/** What `drift` finds in a state; its exit code says the same. */
export async function drifted(desk: Desk, state: Exported, args: string[] = []): Promise<Report> {
  const { code, stdout, stderr } = await desk.run(["drift", "--state", "-", "--json", ...args], { stdin: state.text });
  if (code !== 0 && code !== 2) throw new Error(`drift ended with ${code}: ${stderr}`);
  const report = JSON.parse(stdout) as Report;
  if (report.drift !== (code === 2)) throw new Error(`drift ended with ${code}, and says ${report.drift}.`);
  return report;
}
