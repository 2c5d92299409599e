/**
 * @module
 * `keys/README.md` of an import: what each key signs with, and a command that makes one that the policy takes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExportedKey } from '../../src/dialects/exported.ts';
import { keysReadme } from '../../src/migration/keys-readme.ts';
import { migrationOf } from '../../src/migration/migration.ts';
import { examplePolicy } from './example-policy.ts';

const ec = (curve: string) => `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:${curve} -out key.pem`;
const rsa = 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem';

const made: [kind: ExportedKey['kind'], algorithm: string | undefined, command: string | undefined][] = [
  ['private', 'RS256', rsa],
  ['private', 'PS512', rsa],
  ['private', 'ES256', ec('P-256')],
  ['private', 'ES384', ec('P-384')],
  ['private', 'ES512', ec('P-521')],
  ['private', 'EdDSA', 'openssl genpkey -algorithm ed25519 -out key.pem'],
  ['secret', 'HS512', 'openssl rand -hex 64 -out key.secret'],
  ['secret', undefined, undefined],
  ['public', undefined, undefined],
];

for (const [kind, algorithm, command] of made) {
  test(`a new key: ${kind}, ${algorithm ?? 'no algorithm'}`, () => {
    const keys = [{ name: 'key', kind, algorithm, origin: 'the vault', use: 'key' as const }];
    const readme = keysReadme(migrationOf([{ name: 'orders', policies: [{ ...examplePolicy, keys }] }]));
    const [, block] = /```sh\n(.*)\n```/s.exec(readme) ?? [];
    assert.deepEqual([block, readme.includes(` for ${algorithm} |`)], [command, algorithm !== undefined]);
  });
}
