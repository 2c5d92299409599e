/**
 * The examples in config/services: they load, with every service of the schema, and Envoy waits long enough for them.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { serviceNames } from '../../src/keys/outside/outside-key.ts';
import { runCommand } from '../cli/captured-terminal.ts';

const folder = join(import.meta.dirname, '..', '..', 'config', 'services');
const files = readdirSync(folder);

test('there is an example for each service', () => {
  const named = files.map((file) => Object.keys(parse(readFileSync(join(folder, file), 'utf8')).keys.partner)[0]);
  assert.deepEqual(named.sort(), Object.keys(serviceNames).sort());
});

for (const file of files) {
  test(`${file}: nothing is to be said but that the service was not asked`, async () => {
    const line = ['validate', '--notes', '--format', 'json', join(folder, file)];
    const { code, out, errors } = await runCommand(line);
    assert.equal(code, 0, out + errors);
    const codes = Array.from((out + errors).matchAll(/"code": ?"([\w.-]+)"/g), ([, found]) => found);
    assert.deepEqual(codes, ['keys.not-asked']);
  });

  test(`${file}: Envoy waits longer than mintproc`, async () => {
    const { code, out, errors } = await runCommand(['gen', 'envoy', '--config', join(folder, file)]);
    assert.equal(code, 0, errors);
    assert.match(out, /# Longer than mintproc waits.*\n(?: *#.*\n)* *message_timeout: 1s$/m);
  });
}
