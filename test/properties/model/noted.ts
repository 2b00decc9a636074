import { ProgramJournal } from "../../../provider/core/notes.js";
import { Hosts, Stack, type Declaration, type Program } from "../../support/stack.js";
import { isReference } from "./resolved.js";
import { lower } from "./service.js";

/**
 * A stack whose runs have a program: it announces its declarations to the hosts, as the classes do in the constructor,
 * before the engine takes its first step. In previews and in a destroy, no program announces anything.
 */
export class NotedStack extends Stack {
  /** The declarations of the program of the next run. */
  declares: Program | undefined;
}

const start = Hosts.start.bind(Hosts);
Hosts.start = async (settings) => {
  const hosts = await start(settings);
  if (!(settings instanceof NotedStack)) return hosts;
  const { address } = hosts["engine"];
  if (settings.declares) writeNotes(new ProgramJournal(address), settings.declares);
  // Lines of one tick are written together.
  await Promise.resolve();
  return hosts;
};

function writeNotes(journal: ProgramJournal, program: Program): void {
  for (const [name, declaration] of Object.entries(program)) writeNote(journal, program, name, declaration);
}

function writeNote(journal: ProgramJournal, program: Program, name: string, { kind, inputs }: Declaration): void {
  const address = addressIn(program, name);
  journal.say(address, "declares", kindName(kind));
  const { user, email, members, adopt } = inputs;
  if (kind !== "organization" && typeof (user ?? email) === "string") {
    journal.say(address, "who", lower((user ?? email) as string));
  }
  for (const who of Object.keys((members as object | undefined) ?? {})) journal.say(address, "who", lower(who));
  if (typeof adopt === "string") journal.say(address, "adopt", lower(adopt));
  const scope = inputs["team"] ?? inputs["organization"];
  if (isReference(scope)) journal.say(address, "in", addressIn(program, scope.name));
  else if (typeof scope === "string") journal.say(address, "scope", lower(scope));
}

const kindName = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);
const addressIn = (program: Program, name: string): string => `${kindName(program[name]!.kind)}::${name}`;
