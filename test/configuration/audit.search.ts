/**
 * @module
 * Policies whose claims and header parameters come out of hostile requests, and the lines that their tokens leave in
 * the audit: known fields, each in its form, and nothing that the request brought.
 */

import { loadConfiguration } from '../../src/configuration/load.ts';
import { traceIdOf } from '../../src/extproc/request-ids.ts';
import { createAuditLog } from '../../src/observe/audit-log.ts';
import { decideAtOnce } from '../at-once.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { memoryFiles, request, secret } from './memory-files.ts';

export const search: Search = {
  name: 'audit',
  property: 'A line of the audit has known fields in their forms, and nothing that a request or a policy wrote.',
  inputs: 40_000,
  share: 1_500,
  run,
};

/** No twelve characters of it in a row may be seen. */
const canary = 'Zq7canaryOfAValue9xW';

const names = ['sub', 'jti', 'exp', 'iat', 'nbf', 'iss', 'kid', 'alg', 'policy', 'traceId', 'x', '__proto__'];

/** Flex expressions: strings, numbers, objects, values of the request, random ids, and combinations. */
const expressions = [
  canary,
  "#[attributes.headers['x-user']]",
  "#[attributes.headers['x-number']]",
  '#[uuid()]',
  "#[attributes.headers['x-user'] default uuid()]",
  "#['id-' ++ uuid()]",
  '#[attributes.headers]',
  '#[12345678901234567]',
  '#[attributes.headers.none]',
];

const texts = [canary, `${canary}"}\n{"level":"fatal`, `\u2028${canary}`, canary.repeat(40), '', '4102444800', 'null'];

const idHeaders = ['x-request-id', 'traceparent', 'b3', 'x-b3-traceid'];
const ids = [
  canary,
  `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-${canary}`,
  `00-${'a'.repeat(32)}-${canary}-01`,
  `${'c'.repeat(32)}-${'d'.repeat(16)}-1`,
  `${'c'.repeat(16)}${canary}`,
];

const forms: Readonly<Record<string, RegExp>> = {
  level: /^info$/,
  time: /^[\d:.TZ-]{24}$/,
  stream: /^audit$/,
  policy: /^p$/,
  outcome: /^forwarded$/,
  alg: /^HS256$/,
  kid: /^(?:named|fixed)$/,
  jti: /^6ba7b810-9dad-41d1-80b4-[0-9a-f]{12}$/,
  subject: /^[0-9a-f]{16}$/,
  traceId: /^(?:[ac]{16}){1,2}$/,
  lifetime: /^-?[\d.e+]+$/,
  reused: /^(?:true|false)$/,
  message: /^A policy minted a token\.$/,
};

function flexPolicy(dice: Dice): string {
  const some = (): object[] =>
    Array.from({ length: dice.roll(5) }, () => {
      const [name, value] = [dice.pick(names), dice.pick(expressions)];
      // A fixed kid of the policy is the name of its key.
      return { name, value: name === 'kid' && value === canary ? 'fixed' : value };
    });
  const config = {
    signingMethod: 'HS256',
    privateKey: secret,
    iat: dice.chance(50),
    exp: dice.pick([0, 300]),
    nbf: 0,
    customClaims: some(),
    customHeaders: dice.chance(40) ? some() : [],
  };
  return JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

function hostileRequest(dice: Dice) {
  const headers: Record<string, string> = { ':path': '/', 'x-user': dice.pick(texts), 'x-number': dice.pick(texts) };
  for (const name of idHeaders) if (dice.chance(50)) headers[name] = dice.pick(ids);
  return request(headers);
}

async function run(effort: Effort): Promise<string> {
  let lines = 0;
  let named = 0;
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed + number);
    for (const line of linesOf(dice)) {
      judge(line);
      lines++;
      if (line.includes('"jti"')) named++;
    }
  }
  return `${lines} lines, ${named} of them with a jti`;
}

function linesOf(dice: Dice): readonly string[] {
  const configuration = {
    log: { audit: { subjectKey: { file: 'subject' } } },
    policies: [
      {
        name: 'p',
        file: 'p.yaml',
        ...(dice.chance(50) ? { reuse: { for: '60s' } } : {}),
        ...(dice.chance(50) ? { key: { file: 'key', kid: 'named' } } : {}),
      },
    ],
    routes: [{ match: {}, policies: ['p'] }],
  };
  const { snapshot } = loadConfiguration('conf.yaml', {
    files: memoryFiles({
      'conf.yaml': JSON.stringify(configuration),
      'p.yaml': flexPolicy(dice),
      key: secret,
      subject: 'k'.repeat(40),
    }),
  });
  // Two claims of one name, and the like.
  if (snapshot === undefined) return [];
  const written: string[] = [];
  const audit = createAuditLog((line) => written.push(line));
  let drawn = 0;
  const randomId = (): string => `6ba7b810-9dad-41d1-80b4-${String(drawn++).padStart(12, '0')}`;
  const decide = decideAtOnce(snapshot, { clock: () => 1_700_000_000_500, randomId });
  for (let requests = 3; requests > 0; requests--) {
    const asked = hostileRequest(dice);
    for (const { policy, audit: facts } of decide(asked).mints) {
      const about = { outcome: 'forwarded', requestId: undefined, traceId: traceIdOf(asked.headers) };
      if (facts !== undefined) audit.minted(policy, facts, about);
    }
  }
  return written;
}

function judge(line: string): void {
  if (line.indexOf('\n') !== line.length - 1) throw new Finding('A line is not one line.');
  for (const [name, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
    if (forms[name]?.test(String(value)) !== true) throw new Finding(`The field ${name} has not its form: ${line}`);
  }
  for (let at = 0; at + 12 <= canary.length; at++) {
    if (line.includes(canary.slice(at, at + 12))) throw new Finding(`A line contains a value: ${line}`);
  }
}
