import { sharedOptions, type Invocation } from "../command.js";

export const options = {
  out: {
    type: "string",
    value: "<folder>",
    description: "Write to this folder; default: the folder of --cwd, or the current folder.",
  },
  style: {
    type: "string",
    value: "edges|roster",
    description:
      "edges (default): one resource for each team membership, listed in people.yaml. roster: one resource for each team.",
  },
  run: {
    type: "boolean",
    description:
      "Also run pulumi import, and pulumi preview, which must show no change. Requires npm install and a stack.",
  },
  fill: {
    type: "string",
    value: "<file>",
    description:
      "Instead of generating a program, complete the file that pulumi preview --import-file has written for your own.",
  },
  preview: {
    type: "string",
    value: "<file>",
    description: "With --fill: read the output of pulumi preview --json from a file instead of running it.",
  },
  ...sharedOptions,
} as const;

export type ImportInvocation = Invocation<typeof options>;
