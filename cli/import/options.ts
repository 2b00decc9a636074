import { sharedOptions, type Invocation } from "../command.js";

export const options = {
  out: {
    type: "string",
    value: "<folder>",
    description: "Write into this folder; by default the folder of --cwd, or the current one.",
  },
  style: {
    type: "string",
    value: "edges|roster",
    description:
      "edges (default): one resource for each person in each team, all in people.yaml. roster: one resource for each team.",
  },
  run: {
    type: "boolean",
    description:
      "Also run pulumi import, and pulumi preview, which must show no change. Needs a stack and npm install.",
  },
  fill: {
    type: "string",
    value: "<file>",
    description:
      "In place of writing a program: fill in the file that pulumi preview --import-file has written for an existing one.",
  },
  preview: {
    type: "string",
    value: "<file>",
    description: "With --fill: read the output of pulumi preview --json from a file, in place of running it.",
  },
  ...sharedOptions,
} as const;

export type ImportInvocation = Invocation<typeof options>;
