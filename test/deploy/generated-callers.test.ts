/**
 * @module
 * `mintproc gen envoy` for a configuration that reads the caller: Envoy accepts the filter that verifies the callers'
 * tokens, whether the command line says who issues them or the proposals are uncommented as they are.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepareCredentials } from '../../demo/credentials.ts';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { runCommand } from '../cli/captured-terminal.ts';
import { uncommented } from '../e2e/harness/generated-part.ts';
import { makeCertificates } from '../e2e/harness/python-tools.ts';
import { envoyBinary } from '../e2e/harness/stack.ts';
import { project } from './samples/sample-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-callers-'));
after(() => rmSync(folder, { recursive: true }));
before(async () => {
  await prepareCredentials(folder);
  const { ca } = await makeCertificates({ name: 'x', dns: 'x.example.com', uri: 'spiffe://example.com/x' });
  writeFileSync(join(folder, 'ca.pem'), ca);
});

const jwtAuthn = 'envoy.filters.http.jwt_authn';
const keys = join(folder, 'caller.jwks.json');

const cases: readonly [name: string, options: string[], isProposal: boolean][] = [
  ['the proposals as they are', [], true],
  ['an issuer whose key set is at the usual place', ['--issuer', 'https://login.example.com'], false],
  [
    'an issuer with a path and an audience',
    ['--issuer', 'https://login.example.com/a/', '--audience', 'orders'],
    false,
  ],
  [
    'a key set at another place',
    ['--issuer', 'https://a.example.com', '--jwks', 'https://b.example.com:8443/keys'],
    false,
  ],
  ['a key set in a file', ['--issuer', 'demo', '--audience', 'orders', '--jwks', keys], false],
];

for (const [name, options, isProposal] of cases) {
  test(name, async () => {
    const { code, out, errors } = await gen(...options);
    assert.equal(code, 0, errors);
    assert.equal(/complete its provider/.test(errors), isProposal);
    const proposals = [`- name: ${jwtAuthn}`, '- name: issuer'];
    const config = new EnvoyConfig(isProposal ? proposals.reduce(uncommented, out) : out);
    const { providers } = config.get([...config.filter(jwtAuthn), 'typed_config']) as { providers: object };
    assert.deepEqual(Object.keys(providers), ['callers']);
    if (!options.includes(keys)) {
      const context = ['transport_socket', 'typed_config', 'common_tls_context', 'validation_context'];
      config.set([...config.cluster('issuer'), ...context, 'trusted_ca', 'filename'], join(folder, 'ca.pem'));
    }
    const path = join(folder, 'envoy.yaml');
    writeFileSync(path, config.toString());
    const args = ['--mode', 'validate', '-c', path, '--log-level', 'warning'];
    const { status, stderr } = spawnSync(await envoyBinary(), args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
}

const wrong: readonly [options: string[], message: RegExp][] = [
  [['--audience', 'orders'], /--audience and --jwks need --issuer/],
  [['--issuer', 'demo'], /--jwks must say where its key set is/],
  [['--issuer', 'a b'], /--issuer must be the text/],
  [['--issuer', 'demo', '--jwks', 'http://a.example.com/keys'], /--jwks must be an https URL/],
];

for (const [options, message] of wrong) {
  test(`refused: ${options.join(' ')}`, async () => {
    const { code, out, errors } = await gen(...options);
    assert.notEqual(code, 0);
    assert.equal(out, '');
    assert.match(errors, message);
  });
}

async function gen(...options: readonly string[]) {
  return await runCommand(['gen', 'envoy', '--config', join(project, 'config/mintproc.yaml'), ...options]);
}
