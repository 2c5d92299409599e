/**
 * @module
 * Which entries may have `sds`: those whose token is the same for every request, and nothing contradicts it.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import { formatProblem } from '../../src/diagnostics/problem.ts';
import { memoryFiles, secret } from './memory-files.ts';

interface World {
  /** In `config` of the policy. */
  readonly config?: string;
  readonly claim?: string;
  readonly rules?: string;
  readonly file?: string;
  readonly entry?: string;
  readonly route?: string;
  /** Names of other policies on the route. */
  readonly beside?: string;
  readonly settings?: string;
  readonly more?: string;
}

function problemsOf({
  config = 'exp: 300',
  claim = 'fixed',
  rules = '',
  file = 't.json',
  entry,
  route,
  beside,
  settings,
  more = '',
}: World) {
  const policy = `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: HS256, ${config}, customClaims: [{ name: sub, value: "${claim}" }] }
${rules}`;
  const configuration = `policies:
  - { name: p, file: p.yaml, key: { text: ${secret} }, sds: { file: ${file} }${entry ?? ''} }
${more}routes: [{ match: {}, policies: [p${beside ?? ''}]${route ?? ''} }]
${settings ?? ''}`;
  const files = memoryFiles({ 'mintproc.yaml': configuration, 'p.yaml': policy });
  const { problems, snapshot } = loadConfiguration('mintproc.yaml', { files });
  const errors = problems.filter(({ severity }) => severity === 'error');
  return { errors, file: snapshot?.policies.get('p')?.tokenFile };
}

const accepted: [name: string, world: World, lifetime: number][] = [
  ['a literal claim', {}, 300_000],
  ['an expression without inputs', { claim: "#['a' ++ 'b']" }, 300_000],
  ['the shortest lifetime', { config: 'exp: 10' }, 10_000],
  ['a branch that no request takes', { claim: "#[if (1 == 2) attributes.method else 'a']" }, 300_000],
  ['a header', { config: "exp: 60, customHeaders: [{ name: x, value: '#[1]' }]" }, 60_000],
  ['valid from now on', { config: 'exp: 60, nbf: 0, iat: true' }, 60_000],
];

for (const [name, world, lifetime] of accepted) {
  test(`sds: ${name}`, () => {
    const place = { file: 'mintproc.yaml', line: 2, column: 97 };
    assert.deepEqual(problemsOf(world), { errors: [], file: { path: 't.json', onStop: 'clear', lifetime, place } });
  });
}

/** Two folders, the second of which is a link to the first. */
const folder = mkdtempSync(join(tmpdir(), 'mintproc-sds-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'tokens'));
symlinkSync('tokens', join(folder, 'linked'));

const other = '  - { name: q, file: p.yaml, key: { text: x }, output: { header: x-q }, sds: { file: ./t.json } }\n';

const inFile = (file: string): string => other.replace('./t.json', file);

const second = '  - { name: q, file: p.yaml, key: { text: x }, output: { header: x-q } }\n';

const refused: [name: string, world: World, problem: RegExp][] = [
  [
    'a header of the request',
    { claim: "#[attributes.headers['x-a']]" },
    /2:.*reads the request.*attributes\.headers\.x-a.*sds\.not-constant/,
  ],
  [
    'the caller',
    { claim: '#[authentication.principal]' },
    /reads the caller.*authentication\.principal.*sds\.not-constant/,
  ],
  ['a random value', { claim: '#[uuid()]' }, /`sub` is new for each token.*sds\.not-constant/],
  ['the time', { claim: '#[now()]', entry: ', expressions: dataweave' }, /computed from the time.*sds\.not-constant/],
  [
    'a header parameter',
    { config: "exp: 60, customHeaders: [{ name: x, value: '#[attributes.method]' }]" },
    /`x` reads the request.*sds\.not-constant/,
  ],
  ['a branch', { claim: "#[if (attributes.method == 'NONE') 'a' else 'b']" }, /reads the request.*sds\.not-constant/],
  ['no exp', { config: 'iat: true' }, /never expires.*sds\.lifetime/],
  ['a lifetime that is too short', { config: 'exp: 9' }, /less than 10 seconds.*sds\.lifetime/],
  ['not valid yet', { config: 'exp: 60, nbf: 1' }, /not valid when it is issued.*sds\.lifetime/],
  ['a form', { entry: ', form: at+jwt' }, /`form`.*sds\.contradiction/],
  ['onError: pass', { entry: ', onError: pass' }, /onError: pass.*sds\.contradiction/],
  ['requireCaller', { entry: ', requireCaller: true' }, /requireCaller.*sds\.contradiction/],
  ['reuse', { entry: ', reuse: { for: 30s }' }, /reuse: \{ for \}.*sds\.contradiction/],
  ['rules', { rules: '  rules: [{ methods: GET }]\n' }, /has rules.*sds\.contradiction/],
  ['an audit log', { settings: 'log: { audit: true }' }, /log\.audit.*sds\.contradiction/],
  ['requireCaller of the route', { route: ', requireCaller: true' }, /3:.*without a caller.*sds\.contradiction/],
  ['variables of the route', { route: ', variables: { a: b }' }, /3:.*variables of its own.*sds\.contradiction/],
  [
    'two entries with one file',
    { more: other, settings: 'allow: [config.unused-policy]' },
    /3:.*`p`.*sds\.duplicate-file/,
  ],
  [
    'two entries with one file, by a link of a folder',
    {
      file: join(folder, 'tokens', 't.json'),
      more: inFile(join(folder, 'linked', 't.json')),
      settings: 'allow: [config.unused-policy]',
    },
    /3:.*`p`.*, too\. A folder of the two paths is a link\..*sds\.duplicate-file/,
  ],
  ['a home folder', { file: '~/t.json' }, /2:.*`~` is not the home folder here.*config\.invalid-value/],
  ['other policies on the route', { beside: ', q', more: second }, /4:.*other policies beside `p`.*sds\.contradiction/],
];

test('sds: claims of a variable that the configuration sets', () => {
  const policy = `- jwt-generate:
    { version: 2.0.0, iss-claim: iss.claim, jws-alg: HS256, jws-crypto: hmac, exp-claim: 60, private-claims: p }
`;
  const told = [{ roles: ['a'] }, { exp: 5 }].map((value) => {
    const configuration = JSON.stringify({
      variables: { 'iss.claim': 'issuer', p: { value } },
      keys: { hmac: { text: secret } },
      policies: [{ name: 'p', file: 'p.yaml', sds: { file: 't.json' } }],
      routes: [{ match: {}, policies: ['p'] }],
    });
    const files = memoryFiles({ 'mintproc.yaml': configuration, 'p.yaml': policy });
    const { problems, snapshot } = loadConfiguration('mintproc.yaml', { files });
    const errors = problems.filter(({ severity }) => severity === 'error');
    return [errors.map(formatProblem).join(), snapshot?.policies.get('p')?.tokenFile?.lifetime];
  });
  assert.deepEqual(told[0], ['', 60_000]);
  assert.match(String(told[1]), /`exp` of the token is a fixed time.*sds\.lifetime/s);
});

test('two files in one folder, by a link, are two', () => {
  const apart = inFile(join(folder, 'linked', 'other.json'));
  const settings = 'allow: [config.unused-policy]';
  assert.deepEqual(problemsOf({ file: join(folder, 'tokens', 't.json'), more: apart, settings }).errors, []);
});

for (const [name, world, expected] of refused) {
  test(`sds refused: ${name}`, () => {
    const { errors, file } = problemsOf(world);
    assert.equal(file, undefined);
    assert.match(errors.map(formatProblem).join('\n'), expected);
  });
}
