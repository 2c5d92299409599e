/**
 * @module
 * The same caller gets the same token: random claims and policies of all three vendors, the metadata written in several
 * orders and read by both codecs. Every token is identical, and all but the first are reused.
 */

import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Decision } from '../../src/decision/decision.ts';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import { decodeRequest } from '../../src/extproc/codec/decode-request.ts';
import type { ProcessingRequest } from '../../src/extproc/messages.ts';
import { readRequest } from '../../src/extproc/wire.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { decideAtOnce } from '../at-once.ts';
import { memoryFiles } from '../configuration/memory-files.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { defaultLimits } from './default-limits.ts';
import { randomClaims } from './random-claims.ts';
import { type PolicyWriter, policyWriters } from './random-policies.ts';
import { messageWith, shuffledBy } from './shuffled-message.ts';
import { processMethod } from './stream-client.ts';

export const search: Search = {
  name: 'same-token',
  property: 'A caller gets the same token for any order of its claims in the message, and with either codec.',
  inputs: 50_000,
  share: 1_200,
  run,
};

/** Orders of each message. Each is read by both codecs. */
const orders = 3;
/** Inputs with the policies of one configuration. */
const inputsEach = 100;
const now = 1_700_000_000_999;

interface Fixture {
  readonly policies: Readonly<Record<string, PolicyWriter>>;
  readonly files: Readonly<Record<string, string>>;
  /** Two of each policy: `name` mints a new token each time, `name-reused` reuses tokens. */
  readonly decide: (request: IncomingRequest) => Decision;
  readonly hits: ReadonlyMap<string, { count: number }>;
}

function fixtureOf(dice: Dice): Fixture {
  const files: Record<string, string> = { key: 'a secret of at least thirty-two bytes for HS256' };
  const entries: object[] = [];
  for (const [name, { extension, entry, write }] of Object.entries(policyWriters)) {
    const file = `${name}.${extension}`;
    files[file] = write(dice);
    entries.push({ name, file, ...entry, reuse: false }, { name: `${name}-reused`, file, ...entry, reuse: true });
  }
  files['mintproc.yaml'] = JSON.stringify({
    edition: 'x',
    allowRoutePolicy: true,
    authentication: { sources: [{ from: 'jwt_authn', ...(dice.chance(30) ? { joinLists: [] } : {}) }] },
    variables: {
      'private.key': { file: 'key' },
      'iss.claim': 'issuer',
      raw: { metadata: namespace, path: 'payload' },
      computed: { expression: 'authentication.properties.claims' },
    },
    keys: { hmac: { file: 'key' } },
    policies: entries,
    routes: [],
  });
  const hits = new Map<string, { count: number }>();
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles(files),
    environment: {},
    reuseCounters: (policy) => {
      const found = { count: 0 };
      hits.set(policy, found);
      const uncounted = { increment: () => undefined };
      return { hit: { increment: () => void found.count++ }, miss: uncounted, evicted: uncounted };
    },
  });
  if (snapshot === undefined) throw new Error(JSON.stringify(problems));
  const decide = decideAtOnce(snapshot, { clock: () => now, randomId: () => 'an id' });
  return { policies: policyWriters, files, decide, hits };
}

const namespace = 'envoy.filters.http.jwt_authn';
const { requestDeserialize } = processMethod();

/** The same message, read by each codec. */
function readings(bytes: Buffer): readonly ProcessingRequest[] {
  return [decodeRequest(bytes, 0, bytes.length), requestDeserialize(bytes)];
}

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const outcomes = { minted: 0, refused: 0 };
  let fixture = fixtureOf(dice);
  for await (const input of effort.inputs()) {
    if (input % inputsEach === 0) fixture = fixtureOf(dice);
    const claims = randomClaims(dice);
    const messages = Array.from({ length: orders }, () =>
      messageWith({ [namespace]: { payload: claims } }, shuffledBy(dice)),
    );
    for (const policy of Object.keys(fixture.policies)) {
      outcomes[outcomeOf(fixture, policy, claims, messages)]++;
    }
  }
  return `${outcomes.minted} tokens in ${2 * orders} ways, and as many reused; ${outcomes.refused} refused alike`;
}

/** @throws Finding */
function outcomeOf(
  { decide, hits, files }: Fixture,
  policy: string,
  claims: JsonObject,
  messages: readonly Buffer[],
): 'minted' | 'refused' {
  const decided = (name: string): readonly string[] =>
    messages.flatMap((bytes) =>
      readings(bytes).map((message) => shownDecision(decide(readRequest(message, name, defaultLimits)))),
    );
  const [first = '', ...others] = decided(policy);
  const counter = hits.get(`${policy}-reused`);
  const before = counter?.count ?? 0;
  const reused = decided(`${policy}-reused`);
  const different = [...others, ...reused].find((decision) => decision !== first);
  const minted = first.includes('"minted"');
  const found = (counter?.count ?? 0) - before;
  // The caller of an earlier input may have had the same token.
  const hasHits = !minted || found >= 2 * orders - 1;
  if (different === undefined && hasHits) return minted ? 'minted' : 'refused';
  throw new Finding(
    `${policy}: ${files[`${policy}.xml`] ?? files[`${policy}.yaml`]}\n${shown(claims)}\n${first}\n${different ?? `${found} of ${2 * orders} reused`}`,
  );
}

/** The result of a decision and its reasons, without times. */
function shownDecision({ mints, ...decision }: Decision): string {
  return JSON.stringify([decision, mints.map(({ outcome, code, warning }) => [outcome, code, warning])]);
}

function shown(claims: JsonValue): string {
  return JSON.stringify(claims, (_, value) => (Object.is(value, -0) ? '-0' : value));
}
