/**
 * @module
 * Hostile requests through the real Envoy, over raw connections: what reaches the upstream has exactly the token that a
 * model of its policy says, and every other request is refused with a status that is known.
 *
 * The model reads what the upstream received and the caller's token. It was written from the documentation and shares
 * no code with the program. The filter is ext_proc for an even seed and ext_authz for an odd one.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { type Effort, Finding, type Search } from '../../search/search.ts';
import { plainFilter, useExtAuthz } from '../harness/ext-authz.ts';
import { missingEnvoy } from '../harness/missing-envoy.ts';
import { admitAnonymous } from '../harness/policies.ts';
import { startStack } from '../harness/stack.ts';
import type { Answer } from './connections.ts';
import { inputOf } from './inputs.ts';
import { codeIn, type Trial, Trials } from './judge.ts';
import { Keys } from './keys.ts';
import { startRawUpstream } from './raw-upstream.ts';
import { Sender } from './sender.ts';
import { configuration, filesOf } from './subjects.ts';

export const search: Search = {
  name: 'hostile',
  property: 'A hostile request through Envoy gets exactly the token that its policy says, or an explicit refusal.',
  inputs: 100_000,
  share: 300,
  missing: missingEnvoy,
  run,
};

/** Requests on their way over each protocol. */
const inFlight = 48;

/** Names with underscores come through, and one stream's error leaves the others of its connection alone. */
function permissive(config: EnvoyConfig): void {
  admitAnonymous(config);
  config.delete([...config.connectionManager, 'common_http_protocol_options']);
  config.set([...config.connectionManager, 'http2_protocol_options'], {
    override_stream_error_on_invalid_http_message: true,
  });
}

const namespaces = ['envoy.filters.http.jwt_authn'];

/** Both filters have the same policies. */
function filterOf(seed: number): 'ext_proc' | 'ext_authz' {
  return seed % 2 === 0 ? 'ext_proc' : 'ext_authz';
}

async function run(effort: Effort): Promise<string> {
  const filter = filterOf(effort.seed);
  const keys = new Keys();
  const trials = new Trials(keys);
  await using upstream = await startRawUpstream((head) => trials.arrived(head));
  await using stack = await startStack({
    files: filesOf(keys),
    mintproc: configuration,
    envoy(config) {
      permissive(config);
      const settings = { encode_raw_headers: true, metadata_context_namespaces: namespaces };
      if (filter === 'ext_authz') useExtAuthz(config, plainFilter, undefined, settings);
      config.setPort('upstream', upstream.port);
    },
  });
  using sender = new Sender(stack.port, inFlight);
  const counts = new Counts();
  const waiting = new Set<Promise<void>>();
  let finding: Finding | undefined;
  for await (const number of effort.inputs()) {
    const input = inputOf(effort.seed, number, stack.credentials.callerKey);
    const trial = trials.begin(input);
    const done = sender.ask(input).then((answer) => {
      const wrong = trial.answered(answer);
      if (wrong !== undefined) finding ??= findingOf(trial, wrong, answer);
      counts.add(trial, answer);
      trials.end(trial, answer);
      waiting.delete(done);
    });
    waiting.add(done);
    while (waiting.size >= 2 * inFlight) await Promise.race(waiting);
    if (finding !== undefined || trials.strays.length > 0) break;
  }
  await Promise.all(waiting);
  if (finding !== undefined) throw finding;
  if (trials.strays.length > 0) throw new Finding(trials.strays[0] ?? '');
  counts.check(effort.tried);
  return `${filter}: ${counts}`;
}

function findingOf({ input }: Trial, wrong: string, { status, body }: Answer): Finding {
  const fields = input.fields.map(
    ({ name, bytes }) => `  ${JSON.stringify(name)}: ${JSON.stringify(bytes.toString('latin1'))}`,
  );
  const request = [`${input.protocol} ${input.method} ${JSON.stringify(input.target)}`, ...fields].join('\n');
  return new Finding(
    `input ${input.number}, ${input.subject.name}: ${wrong}\nanswer ${status} ${body}\n${request}\n${input.caller}`,
  );
}

/** What became of the requests. */
class Counts {
  readonly #fates = new Map<string, number>();
  readonly #tokens = new Map<string, number>();

  add({ input, arrivals }: Trial, { status, body }: Answer): void {
    const fate = arrivals > 0 ? 'tokens' : `${status === 0 ? 'ended' : status} ${codeIn(body) ?? 'by Envoy'}`;
    increment(this.#fates, fate);
    if (arrivals > 0) increment(this.#tokens, input.subject.name);
  }

  /** Without tokens of every policy, nothing was tried. */
  check(tried: number): void {
    const least = Math.floor(tried / configuration.policies.length / 5);
    const few = configuration.policies.filter(({ name }) => (this.#tokens.get(name) ?? 0) < least);
    if (few.length > 0) throw new Finding(`Few tokens of ${few.map(({ name }) => name)}: ${this}`);
  }

  toString(): string {
    const sorted = [...this.#fates].sort(([, one], [, other]) => other - one);
    return sorted.map(([fate, count]) => `${count} ${fate}`).join(', ');
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
