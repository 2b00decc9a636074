import { spawn, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { EngineService, type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { providerText } from "../../provider/schema/token.js";
import { fastStart } from "./fastStart.js";

export type Properties = Record<string, unknown>;
export type Kind = "organization" | "team" | "organizationMember" | "teamMembership" | "teamRoster" | "invitation";

const root = join(__dirname, "../..");
const program = join(root, "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js");
/**
 * The folder of the program, whose node_modules contain the provider. `test/properties/model/mutants.mjs` uses another one.
 */
const folder = process.env["TEST_PROGRAM_FOLDER"] ?? join(root, "examples/quickstart");

/** The engine's placeholder for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One line that a handler has logged for the user. */
export interface LogLine {
  severity: string;
  message: string;
}

/** The engine's side of a run: an address that lives as long as the engine does, with its log service. */
export class Engine {
  readonly logged: LogLine[] = [];
  readonly #server: grpc.Server;
  #port = 0;

  static async start(): Promise<Engine> {
    const engine = new Engine();
    engine.#port = await new Promise((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      engine.#server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port)));
    });
    return engine;
  }

  private constructor() {
    const severities = Object.fromEntries(
      Object.entries(LogSeverity).map(([name, value]) => [value, name.toLowerCase()]),
    );
    const log: IEngineServer["log"] = ({ request }, done) => {
      this.logged.push({ severity: severities[request.getSeverity()] ?? "", message: request.getMessage() });
      done(null, new Empty());
    };
    this.#server = new grpc.Server();
    this.#server.addService(EngineService as grpc.ServiceDefinition, { log });
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Ends as a killed engine does: nothing listens any more. */
  kill(): void {
    this.#server.forceShutdown();
  }
}

/** A call that the host answered with an error. */
export class HostError extends Error {
  /** Of a partial failure: what the engine records. */
  readonly recorded: { id: string; properties: Properties; reasons: string[] } | undefined;

  constructor(error: grpc.ServiceError) {
    super(error.details);
    const [details] = error.metadata.get("grpc-status-details-bin");
    if (!(details instanceof Buffer)) return;
    const [detail] = Status.deserializeBinary(details).getDetailsList();
    const failed = proto.ErrorResourceInitFailed.deserializeBinary(detail!.getValue_asU8());
    this.recorded = { id: failed.getId(), properties: plain(failed.getProperties()), reasons: failed.getReasonsList() };
  }
}

/** The calls of the engine to a host. */
export type HostCalls = Pick<
  Host,
  "configure" | "check" | "diff" | "create" | "read" | "update" | "delete" | "close" | "output"
>;

/** The process that the engine starts for dynamic resources: the SDK's own, with the built handlers. */
export class Host {
  /** The output of the process. */
  output = "";
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;
  #client: ResourceProviderClient | undefined;

  /** Starts a process. Of the environment it sees PATH, TMPDIR and what is given. */
  static async start(engine: Pick<Engine, "address">, environment: Record<string, string>): Promise<Host> {
    const host = new Host(engine.address, environment);
    const port = await Promise.race([
      new Promise<string>((resolve) => {
        createInterface(host.#process.stdout!).on("line", (line) => {
          if (/^\d+$/.test(line)) resolve(line);
          else host.output += `${line}\n`;
        });
      }),
      host.ended.then((code) => Promise.reject(new Error(`The host ended with ${code}: ${host.output}`))),
    ]);
    // The engine's limit.
    const options = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };
    host.#client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
    return host;
  }

  private constructor(address: string, environment: Record<string, string>) {
    this.#process = spawn(process.execPath, [program, address], {
      cwd: folder,
      // The processes of a run share the folder for temporary files.
      env: {
        PATH: process.env["PATH"],
        TMPDIR: tmpdir(),
        PULUMI_NODEJS_PROJECT: "tests",
        ...fastStart,
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process.stderr!.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.ended = new Promise((resolve) => this.#process.once("close", resolve));
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Passes the configuration of a provider; to be called first, as the engine does. */
  async configure(config: Record<string, string> = {}): Promise<void> {
    const request = new proto.ConfigureRequest();
    request.setArgs(struct(config));
    await this.#call("configure", request);
  }

  async check(kind: Kind, olds: Properties, news: Properties) {
    const request = new proto.CheckRequest();
    request.setOlds(struct(olds));
    request.setNews(struct(declared(kind, news)));
    const response: proto.CheckResponse = await this.#call("check", request);
    const failures = response
      .getFailuresList()
      .map((item) => ({ property: item.getProperty(), reason: item.getReason() }));
    return { inputs: plain(response.getInputs()), failures };
  }

  async diff(kind: Kind, id: string, olds: Properties, news: Properties) {
    const request = new proto.DiffRequest();
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(declared(kind, news)));
    const response: proto.DiffResponse = await this.#call("diff", request);
    const changes = response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME;
    return { changes, replaces: response.getReplacesList() };
  }

  async create(kind: Kind, inputs: Properties) {
    const request = new proto.CreateRequest();
    request.setProperties(struct(declared(kind, inputs)));
    const response: proto.CreateResponse = await this.#call("create", request);
    return { id: response.getId(), properties: plain(response.getProperties()) };
  }

  /** `id` is empty if the resource is gone. */
  async read(kind: Kind, id: string, properties: Properties) {
    const request = new proto.ReadRequest();
    request.setId(id);
    request.setProperties(struct(declared(kind, properties)));
    const response: proto.ReadResponse = await this.#call("read", request);
    const inputs = response.hasInputs() ? plain(response.getInputs()) : undefined;
    return { id: response.getId(), properties: plain(response.getProperties()), inputs };
  }

  async update(kind: Kind, id: string, olds: Properties, news: Properties) {
    const request = new proto.UpdateRequest();
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(declared(kind, news)));
    const response: proto.UpdateResponse = await this.#call("update", request);
    return { properties: plain(response.getProperties()) };
  }

  async delete(kind: Kind, id: string, properties: Properties): Promise<void> {
    const request = new proto.DeleteRequest();
    request.setId(id);
    request.setProperties(struct(declared(kind, properties)));
    await this.#call("delete", request);
  }

  /** Ends the process and waits until it has. */
  async close(): Promise<void> {
    this.#client?.close();
    this.#process.kill();
    await this.ended;
  }

  #call<Answer>(method: string, request: object): Promise<Answer> {
    type Call = (request: object, done: (error: grpc.ServiceError | null, answer: Answer) => void) => void;
    const client = this.#client as unknown as Record<string, Call>;
    return new Promise((resolve, reject) => {
      client[method]!(request, (error, answer) => (error ? reject(new HostError(error)) : resolve(answer)));
    });
  }
}

function declared(kind: Kind, properties: Properties): Properties {
  return { ...properties, __provider: providerText(kind) };
}

/** Program values are undefined if they are left out; the engine does not send those. */
function struct(properties: Properties): Struct {
  const present = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Struct.fromJavaScript(Object.fromEntries(present) as Record<string, JavaScriptValue>);
}

function plain(properties: Struct | undefined): Properties {
  return properties?.toJavaScript() ?? {};
}
