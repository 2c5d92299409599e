/**
 * @module
 * `mintproc gen --reuse-in-envoy`: for which platforms, filters and configurations Envoy keeps tokens.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { runCommand, writeFiles } from './captured-terminal.ts';

const policy = (value: string): string =>
  `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: RS256, exp: 60, customClaims: [{ name: a, value: "${value}" }] }\n`;
const configuration = (file: string, entry: string, more = ''): string =>
  `listen: unix:/run/m.sock
authentication: { sources: [{ from: jwt_authn, payload: claims }] }
policies: [{ name: p, file: ${file}, key: { file: missing.pem }, output: { header: x-token }${entry} }]
routes: [{ match: {}, policies: [p], requireCaller: true }]\n${more}`;
const reuse = ', reuse: { for: 30s }';

const files = writeFiles({
  'caller.yaml': policy('#[authentication.principal]'),
  'random.yaml': policy('#[uuid()]'),
  'kept.conf.yaml': configuration('caller.yaml', reuse),
  'not-asked.conf.yaml': configuration('caller.yaml', ''),
  'named.conf.yaml': configuration('caller.yaml', reuse).replace('match: {}', 'match: { routeName: orders }'),
  'random.conf.yaml': configuration('random.yaml', reuse),
  'audited.conf.yaml': configuration('caller.yaml', reuse, 'log: { audit: true }\n'),
});

test('Envoy keeps tokens, and what they are filed under comes from the provider of the configuration', async () => {
  const { code, out, errors } = await runCommand([
    'gen',
    'envoy',
    '--config',
    files['kept.conf.yaml'],
    '--reuse-in-envoy',
  ]);
  assert.equal(code, 0, errors);
  assert.match(out, /payload_in_metadata: claims\n.*\n *# *forward_payload_header: x-mintproc-caller\n/);
  assert.match(out, /verified\["claims"\] == nil/);
  assert.match(errors, /note: Envoy keeps the tokens of p\./);
  assert.notEqual(parse(out), undefined);
});

test('each route opts in with a name of its own', async () => {
  const { out } = await runCommand(['gen', 'envoy', '--config', files['named.conf.yaml'], '--reuse-in-envoy']);
  const names = Array.from(out.matchAll(/filter_context: \{ route: (\S+) \}/g), ([, name]) => name);
  assert.deepEqual(names, ['orders', 'all']);
});

test('without the option nothing of it is written', async () => {
  const { out } = await runCommand(['gen', 'envoy', '--config', files['kept.conf.yaml']]);
  assert.equal(/lua|mintproc\.reuse|x-mintproc-caller/i.test(out), false);
});

const refused: [name: string, line: string[], code: number, message: RegExp][] = [
  ...['istio', 'envoy-gateway', 'kgateway'].map((platform): (typeof refused)[number] => [
    platform,
    [platform, '--config', files['kept.conf.yaml']],
    2,
    /--reuse-in-envoy is for `mintproc gen envoy`/,
  ]),
  ['ext_authz', ['envoy', '--config', files['kept.conf.yaml'], '--filter', 'ext_authz'], 2, /needs --filter ext_proc/],
  [
    'no policy that asks',
    ['envoy', '--config', files['not-asked.conf.yaml']],
    1,
    /conf\.yaml:4:9: error: .* \[reuse\.none-kept\]\n.*\n.*\n +Write `reuse: \{ for: 30s \}`/,
  ],
  [
    'a random value',
    ['envoy', '--config', files['random.conf.yaml']],
    1,
    /random\.conf\.yaml:3:\d+: error: .*`p`.*random.* \[reuse\.unkept-read\]/,
  ],
  [
    'an audit log',
    ['envoy', '--config', files['audited.conf.yaml']],
    1,
    /:5:15: error: .*`log\.audit`.* \[reuse\.contradiction\]/,
  ],
];
for (const [name, line, expected, message] of refused) {
  test(`refused: ${name}`, async () => {
    const { code, out, errors } = await runCommand(['gen', ...line, '--reuse-in-envoy']);
    assert.deepEqual([code, out], [expected, ''], errors);
    assert.match(errors, message);
  });
}
