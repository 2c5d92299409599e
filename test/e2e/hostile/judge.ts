/**
 * @module
 * What becomes of a request, compared with the model: the token at the upstream, or the code of the refusal.
 */
import type { Answer } from './connections.ts';
import { asSent, type Input, numberHeader, tokenHeader } from './inputs.ts';
import type { Keys, Opened } from './keys.ts';
import { type Expected, inDoubles, type Refusal, type Scene, type Subject } from './scene.ts';
import { SeenRequest } from './seen-request.ts';
import { difference, type Json, type JsonMap, readJson } from './strict-json.ts';
import { subjects } from './subjects.ts';

/** A request on its way. */
export class Trial {
  readonly input: Input;
  readonly caller: JsonMap | undefined;
  readonly #sent = Math.floor(Date.now() / 1000);
  arrivals = 0;
  problem: string | undefined;

  constructor(input: Input) {
    this.input = input;
    this.caller = input.caller === undefined ? undefined : (inDoubles(readJson(input.caller, 'allowed')) as JsonMap);
  }

  /** Compares the token with the model at each second at which it may have been made. */
  arrived(seen: SeenRequest, keys: Keys): void {
    this.arrivals += 1;
    this.problem ??= this.#problemOf(seen, keys);
  }

  #problemOf(seen: SeenRequest, keys: Keys): string | undefined {
    const subject = subjectFor(seen);
    if (subject === undefined) return 'a path that no route matches reached the upstream';
    if (depthOf(this.caller ?? null) > surelyTooDeep) return 'claims that are nested too deeply were read';
    const alike = seen.fields.filter(({ name }) => name.replace(/[^a-z0-9]/g, '-') === tokenHeader);
    const [own] = alike;
    if (own === undefined || alike.length > 1 || own.name !== tokenHeader)
      return `${alike.length} headers of the token`;
    if (seen.fields.some(({ name }) => name === 'authorization')) return 'the caller’s own token reached the upstream';
    let opened: Opened;
    try {
      opened = keys.open(own.bytes.toString('latin1'), subject.algorithm);
    } catch (error) {
      return `the token cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
    }
    return this.#differenceFrom(opened, subject, seen);
  }

  #differenceFrom({ header, claims }: Opened, subject: Subject, seen: SeenRequest): string | undefined {
    const id = String(claims.get('jti') ?? '');
    const scene = { seen, caller: this.caller, id: uuid.test(id) ? id : 'a random UUID' };
    let found: string | undefined;
    for (let now = Math.floor(Date.now() / 1000); now >= this.#sent; now--) {
      const expected = subject.expected({ ...scene, now });
      if (typeof expected === 'string') return `a token, not ${expected}`;
      found = difference(claims, expected.claims) ?? difference(header, expected.header, 'header');
      if (found === undefined) return undefined;
    }
    return found;
  }

  /** @returns what is wrong */
  answered({ status, body }: Answer): string | undefined {
    if (this.problem !== undefined) return this.problem;
    if (status === 0) return this.arrivals > 1 ? `${this.arrivals} requests at the upstream` : undefined;
    if (status === 200) return this.arrivals === 1 ? undefined : `${this.arrivals} requests at the upstream`;
    if (this.arrivals > 0) return `answered ${status}, and it reached the upstream`;
    const code = codeIn(body);
    if (code === undefined) return this.#isEnvoys(status) ? undefined : `an unknown answer ${status}: ${body}`;
    return this.#isExpected(code) ? undefined : `refused with ${status} ${code}, not expected`;
  }

  /** With 500, Envoy refuses a request that the token would make larger than it may be. */
  #isEnvoys(status: number): boolean {
    const { fields, target } = this.input;
    const bytes = fields.reduce((sum, { name, bytes }) => sum + name.length + bytes.length, target.length);
    return envoysOwn.has(status) || (status === 500 && (fields.length > maxFields - own || bytes > maxBytes - 20_000));
  }

  #isExpected(code: string): boolean {
    const { input, caller } = this;
    if (ofRequest.has(code)) return input.target.length > input.subject.name.length + 1;
    if (code === 'extproc.metadata-too-deep') return depthOf(caller ?? null) > maxDepth;
    const scene: Scene = { seen: asSent(input), caller, now: 0, id: '' };
    const expected = input.subject.expected(scene);
    if (typeof expected === 'string') return code === nameOf(expected, input.subject);
    return code === nameOf('mint.token-too-large', input.subject) && sizeOf(expected) > smallEnough;
  }
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** Statuses with which Envoy itself refuses requests. */
const envoysOwn: ReadonlySet<number> = new Set([400, 401, 404, 413, 414, 431]);
/** Envoy's limits for the headers of a request, and how many it and mintproc add. */
const [maxFields, maxBytes, own] = [100, 60 * 1024, 14];
/** Codes that depend on the path. */
const ofRequest: ReadonlySet<string> = new Set(['route.ambiguous-path', 'route.none']);
/** Of metadata: Envoy's names of filters and the payload are around the claims. */
const maxDepth = 28;
/** Of the claims alone: the default of `metadataDepth`. */
const surelyTooDeep = 32;
/** A token in base64url has at most 16,384 bytes. What is surely smaller must not be refused for its size. */
const smallEnough = 11_000;

/** The code of mintproc in a refusal, or the vendor's name of the fault; undefined if Envoy refused. */
export function codeIn(body: string): string | undefined {
  const [, code] = /"(?:code|errorcode|httpMessage)":"(?:steps\.jwt\.)?([\w.-]+)"/.exec(body) ?? [];
  return code;
}

/** What the vendor's gateway calls a refusal. */
function nameOf(refusal: Refusal, { algorithm, extension }: Subject): string {
  if (extension === 'xml') return refusal === 'apigee.invalid-json-format' ? 'InvalidJsonFormat' : 'GenerationFailed';
  return algorithm === 'ES256' ? 'Invalid-JWT-Generate' : refusal;
}

function sizeOf({ claims }: Expected): number {
  return Buffer.byteLength(
    JSON.stringify([...claims], (_, value) => {
      if (value instanceof Map) return [...value];
      return typeof value === 'bigint' ? String(value) : value;
    }),
  );
}

function depthOf(value: Json): number {
  if (value instanceof Map) return 1 + Math.max(0, ...[...value.values()].map((inner) => depthOf(inner as Json)));
  return Array.isArray(value) ? 1 + Math.max(0, ...value.map(depthOf)) : 0;
}

function subjectFor(seen: SeenRequest): Subject | undefined {
  const [, name = ''] = /^\/([^/?#]*)/.exec(seen.target) ?? [];
  return subjects.find((subject) => subject.name === name.toLowerCase());
}

/** Requests without an answer that may still arrive. */
const maxUnanswered = 10_000;

/** The requests on their way, by their number. */
export class Trials {
  readonly #keys: Keys;
  readonly #open = new Map<string, Trial>();
  /** Their connection ended, which does not stop a request that Envoy has read. On a busy machine it arrives later. */
  readonly #unanswered = new Map<string, Trial>();
  /** What arrived and was not sent, or arrived later and is wrong. */
  readonly strays: string[] = [];

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  begin(input: Input): Trial {
    const trial = new Trial(input);
    this.#open.set(String(input.number), trial);
    return trial;
  }

  end(trial: Trial, { status }: Answer): void {
    const number = String(trial.input.number);
    this.#open.delete(number);
    if (status !== 0) return;
    this.#unanswered.set(number, trial);
    const [oldest = ''] = this.#unanswered.keys();
    if (this.#unanswered.size > maxUnanswered) this.#unanswered.delete(oldest);
  }

  arrived(head: Buffer): void {
    const seen = SeenRequest.of(head);
    const [number, ...others] = seen.values(numberHeader);
    const trial = this.#open.get(number ?? '') ?? this.#unanswered.get(number ?? '');
    const stray = (why: string): unknown => this.strays.push(`${why}:\n${head.toString('latin1')}`);
    if (trial === undefined || others.length > 0) {
      stray('A request that was not sent arrived');
      return;
    }
    trial.arrived(seen, this.#keys);
    if (!this.#unanswered.has(number ?? '')) return;
    const wrong = trial.answered({ status: 0, body: '' });
    if (wrong !== undefined) stray(`A request without an answer arrived later, and is wrong: ${wrong}`);
  }
}
