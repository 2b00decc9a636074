import { createRequire } from "node:module";
import { printable } from "../../core/text.js";
import { engineAddress } from "./host.js";

export type Severity = "info" | "warning";
/** Debug lines are shown with `--debug` alone. */
type Level = Severity | "debug";
type Send = (severity: Level, text: string) => Promise<void>;

const limit = 600;
const said = new Set<string>();
const underWay = new Set<Promise<void>>();
let send: Send | undefined;

/** Tells the user something, once in a run, on one line. Names in it must have gone through `quoted` or `printable`. */
export function tell(severity: Severity, text: string): void {
  const line = printable(text, limit);
  if (said.has(line)) return;
  said.add(line);
  write(severity, line);
}

/** Of messages that are alike, so many are shown one by one. */
const shownOfKind = 5;
const summaryAfterMs = 250;
const counts = new Map<string, number>();
const summaries = new Map<string, NodeJS.Timeout>();

/**
 * The same for messages of which a run may have thousands: after the first few, one line tells how many more there are.
 * The lines themselves are shown with `--debug`.
 * @param rest the line for those that are not shown: "12 more people …"
 */
export function tellOneOfMany(severity: Severity, kind: string, text: string, rest: (count: number) => string): void {
  const line = printable(text, limit);
  if (said.has(line)) return;
  said.add(line);
  const count = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, count);
  if (count <= shownOfKind) return write(severity, line);
  write("debug", line);
  if (summaries.has(kind)) return;
  const before = count - 1;
  const summarize = () => {
    summaries.delete(kind);
    write(severity, printable(rest(counts.get(kind)! - before), limit));
  };
  summaries.set(kind, setTimeout(summarize, summaryAfterMs).unref());
}

function write(severity: Level, line: string): void {
  send ??= engineLog();
  const sending = send(severity, line).finally(() => underWay.delete(sending));
  underWay.add(sending);
}

/** Resolves once everything told so far has reached the engine: it may end this process after its last answer. */
export async function allTold(): Promise<void> {
  await Promise.all(underWay);
}

/** The engine's log service. Severity error is never used: it would show a resource as failed that is not. */
function engineLog(): Send {
  const address = engineAddress();
  if (!address) return () => Promise.resolve();
  const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb.js") as EngineGrpc;
  const proto = require("@pulumi/pulumi/proto/engine_pb.js") as EngineMessages;
  // The SDK's own copy: it is no dependency of this package.
  const grpc = createRequire(require.resolve("@pulumi/pulumi/package.json"))("@grpc/grpc-js") as Grpc;
  const client = new EngineClient(address.text, grpc.credentials.createInsecure());
  const { DEBUG: debug, INFO: info, WARNING: warning } = proto.LogSeverity;
  const severities = { debug, info, warning };
  return (severity, text) => {
    const request = new proto.LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(text);
    return new Promise((resolve) => client.log(request, () => resolve()));
  };
}

type EngineGrpc = typeof import("@pulumi/pulumi/proto/engine_grpc_pb.js");
type EngineMessages = typeof import("@pulumi/pulumi/proto/engine_pb.js");
type Grpc = typeof import("@grpc/grpc-js");
