/**
 * What a state holds beside the documented outputs. This is the only place that knows these names; a test fails where
 * another one reads or writes them.
 */

type Properties = Readonly<Record<string, unknown>>;

/** The hidden part of a state, in the types of its values. */
export interface HiddenState {
  /** Version of what the release wrote into state; absent from what a program passes to `get`. */
  version: unknown;
  /** A step broke off: the next update sends all that differs. */
  isUnfinished: boolean;
  /** Names of the inputs that state shows although no program declared them. */
  serverDefaults: readonly string[];
  /** Names of the inputs that were emptied because they left the program. */
  cleared: readonly string[];
  /** Somebody is to be invited, and it is not known that the email was sent. */
  isEmailPending: boolean;
  /** Of a roster, as its text: the uid of each person who has been added, by the name that declares them. */
  knownMembers: unknown;
  /** Of a roster, as its text: uids of those who are still to be removed. */
  removing: unknown;
  /** Of a team: uids of those who were inside right after its creation, as the service may put the creator in. */
  initialMembers: readonly string[];
  /** Of an organization: its resource has created it. */
  isCreated: boolean;
  /** Of an organization: uid of its owner, once a refresh has seen them. */
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

/** The hidden part of a state. */
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

/** The state with each flag set that is there and cannot be read: it counts as the worst case. */
export function withHiddenFlagsSet(state: Properties, isHidden: (value: unknown) => boolean): Properties {
  const hidden = flags.map((flag) => names[flag]).filter((name) => isHidden(state[name]));
  return hidden.length === 0 ? state : { ...state, ...Object.fromEntries(hidden.map((name) => [name, true])) };
}

/** The properties in which a state holds these values. What is false, empty or undefined is undefined: it is not recorded. */
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
