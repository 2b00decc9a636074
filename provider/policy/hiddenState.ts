/**
 * The properties that a state contains besides the documented inputs and outputs. Only this module uses their names: a
 * test fails if a different module reads or writes them.
 */

type Properties = Readonly<Record<string, unknown>>;

/** The hidden properties of a state, with their types. */
export interface HiddenState {
  /** Version of the state's format. Undefined for properties that a program passes to `get`. */
  version: unknown;
  /** The last step was interrupted: the next update sends every field that differs. */
  isUnfinished: boolean;
  /** Names of the inputs that the program does not declare, and whose values Avala chose. */
  serverDefaults: readonly string[];
  /** Names of the inputs that were emptied because they were removed from the program. */
  cleared: readonly string[];
  /** An invitation email is due, and is not known to have been sent. */
  isEmailPending: boolean;
  /** Of a roster, as text: the uid of each person who has been added, by the name that declares them. */
  knownMembers: unknown;
  /** Of a roster, as text: uids of the people whose removal is not done yet. */
  removing: unknown;
  /** Of a team: uids of its people right after its creation, because the service may add the creator. */
  initialMembers: readonly string[];
  /** Of an organization: created by this resource, and not adopted or imported. */
  isCreated: boolean;
  /** Of an organization: uid of its owner, as the last refresh that read the members found it. */
  owner: string | undefined;
}

const names: Readonly<Record<keyof HiddenState, string>> = {
  version: "__v",
  isUnfinished: "__unfinished",
  serverDefaults: "__serverDefaults",
  cleared: "__cleared",
  isEmailPending: "__emailPending",
  knownMembers: "__known",
  removing: "__removing",
  initialMembers: "__initialMembers",
  isCreated: "__created",
  owner: "__owner",
};

/** Reads the hidden properties of a state. */
export function hiddenIn(state: Properties): HiddenState {
  return {
    version: state[names.version],
    isUnfinished: state[names.isUnfinished] === true,
    serverDefaults: textsIn(state[names.serverDefaults]),
    cleared: textsIn(state[names.cleared]),
    isEmailPending: state[names.isEmailPending] === true,
    knownMembers: state[names.knownMembers],
    removing: state[names.removing],
    initialMembers: textsIn(state[names.initialMembers]),
    isCreated: state[names.isCreated] === true,
    owner: typeof state[names.owner] === "string" ? (state[names.owner] as string) : undefined,
  };
}

const flags = ["isUnfinished", "isEmailPending", "isCreated"] as const;

/** The state in which each flag with an unreadable (hidden) value is set, because unknown counts as the worst case. */
export function withHiddenFlagsSet(state: Properties, isHidden: (value: unknown) => boolean): Properties {
  const hidden = flags.map((flag) => names[flag]).filter((name) => isHidden(state[name]));
  return hidden.length === 0 ? state : { ...state, ...Object.fromEntries(hidden.map((name) => [name, true])) };
}

/** These values as properties of a state. False and empty values become undefined, and are not recorded. */
export function hiddenProperties(hidden: Partial<HiddenState>): Record<string, unknown> {
  const entries = Object.entries(hidden) as [keyof HiddenState, unknown][];
  return Object.fromEntries(entries.map(([name, value]) => [names[name], isNothing(value) ? undefined : value]));
}

function isNothing(value: unknown): boolean {
  return value === false || (Array.isArray(value) && value.length === 0);
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}
