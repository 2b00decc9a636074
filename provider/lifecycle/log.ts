import { createRequire } from "node:module";
import { printable } from "../schema/index.js";
import { engineAddress } from "./host.js";

export type Severity = "info" | "warning";
type Send = (severity: Severity, text: string) => Promise<void>;

const limit = 600;
const said = new Set<string>();
const underWay = new Set<Promise<void>>();
let send: Send | undefined;

/** Tells the user something, once in a run, on one line. Names in it must have gone through `quoted` or `printable`. */
export function tell(severity: Severity, text: string): void {
  const line = printable(text, limit);
  if (said.has(line)) return;
  said.add(line);
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
  const severities = { info: proto.LogSeverity.INFO, warning: proto.LogSeverity.WARNING };
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
