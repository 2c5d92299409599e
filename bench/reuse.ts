/**
 * @module
 * The cost of a signed token, of a reused one, and of one that is signed after a lookup without a hit: `node
 * bench/reuse.ts`. Microseconds on one thread, the median of rounds. Compare the ratios, because the figures depend on
 * the machine.
 */
import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { Problems } from '../src/diagnostics/problem.ts';
import { SourceText } from '../src/diagnostics/source-text.ts';
import { finish } from '../src/diagnostics/steps.ts';
import { readPolicyFile } from '../src/dialects/index.ts';
import { DocumentFile } from '../src/documents/document-file.ts';
import { signatureAlgorithms } from '../src/jose/signature-algorithms.ts';
import { type Minter, makeMinter } from '../src/mint/minter.ts';
import { RequestScope } from '../src/mint/request-scope.ts';
import { reusing } from '../src/mint/reuse.ts';
import { ReuseMemory } from '../src/mint/reuse-memory.ts';
import type { TokenPlan } from '../src/plan/token-plan.ts';
import { HeaderList } from '../src/request/header-fields.ts';
import { emptyView } from '../src/request/object-view.ts';
import { RequestView } from '../src/request/request-view.ts';

const keys: Readonly<Record<string, KeyObject>> = {
  HS256: createSecretKey(randomBytes(32)),
  ES256: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
  EdDSA: generateKeyPairSync('ed25519').privateKey,
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  'ML-DSA-44': generateKeyPairSync('ml-dsa-44').privateKey,
};

const claims = [
  "#[authentication.principal default 'anonymous']",
  "#[attributes.method ++ ' ' ++ attributes.requestPath]",
  'orders',
];

function planFor(signingMethod: string): TokenPlan {
  const customClaims = claims.map((value, index) => ({ name: `c${index}`, value }));
  const config = { signingMethod, iat: true, exp: 300, nbf: 0, customClaims, customHeaders: [] };
  const text = JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
  const plan = finish(readPolicyFile(new DocumentFile(SourceText.ofFile('bench', text)), {}, new Problems()))
    ?.policies[0]?.plan;
  if (plan === undefined) throw new TypeError('the policy does not load');
  return plan;
}

const now = Date.now();

function scope(caller: number): RequestScope {
  const headers = new HeaderList([
    [':method', 'GET'],
    [':path', '/orders/7'],
    ['user-agent', 'bench'],
  ]);
  const surroundings = { scheme: 'https', version: 'HTTP/1.1', remoteAddress: null, localAddress: null };
  return new RequestScope({
    attributes: new RequestView(headers, surroundings),
    authentication: { clientId: null, clientName: null, principal: `caller-${caller}`, properties: null },
    request: { headers, attributes: new Map(), metadata: emptyView },
    variables: new Map(),
    now,
    randomId: () => '',
  });
}

let newCaller = 50;

/** Microseconds per token, the median of eleven rounds, with fifty callers in turn or a new caller for each token. */
function cost(minter: Minter, tokens: number, callers: 'fifty' | 'new' = 'fifty'): number {
  const rounds = Array.from({ length: 11 }, () => {
    const begin = performance.now();
    for (let number = 0; number < tokens; number++) minter.mint(scope(callers === 'new' ? newCaller++ : number % 50));
    return ((performance.now() - begin) / tokens) * 1000;
  });
  return rounds.sort((a, b) => a - b)[5] ?? 0;
}

const uncounted = { hit: { increment() {} }, miss: { increment() {} }, evicted: { increment() {} } };

for (const [name, key] of Object.entries(keys)) {
  const algorithm = signatureAlgorithms.get(name);
  if (algorithm === undefined) throw new TypeError(`no algorithm ${name}`);
  const plan = planFor(name);
  const minter = finish(makeMinter(plan, { signing: { sign: algorithm.createSigner(key) } }));
  const reused = reusing(
    minter,
    { for: 0, leeway: 0, refreshAhead: 0, entries: 10_000, bytes: 16_777_216 },
    uncounted,
    new ReuseMemory(16_777_216),
    setImmediate,
  );
  cost(reused, 5_000);
  const [signed, again, missed] = [cost(minter, 500), cost(reused, 20_000), cost(reused, 500, 'new')];
  const ratio = (signed / again).toFixed(1);
  process.stdout.write(
    `${name}: signed ${signed.toFixed(1)} µs, reused ${again.toFixed(2)} µs, ratio ${ratio}, missed ${missed.toFixed(1)} µs\n`,
  );
}
