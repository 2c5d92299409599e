/**
 * @module
 * From an import to a proof: its tests fail until their values and the gateway's token are there, and then say what
 * differs.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from './captured-terminal.ts';

const exportsFolder = join(import.meta.dirname, '../migration/exports');
const root = mkdtempSync(join(tmpdir(), 'mintproc-imported-tests-'));
after(() => rmSync(root, { recursive: true }));

interface Case {
  readonly name: string;
  /** Header and claims of the gateway's token, as its policy says. */
  readonly token: readonly [header: object, claims: object];
}

const uuid = '0681a6df-4246-410e-a1ce-e0fee7b19270';

const cases: Readonly<Record<string, Case>> = {
  apigee: {
    name: 'Generate-Backend-JWT',
    token: [
      { kid: 'orders-1', typ: 'JWT', alg: 'RS256' },
      { sub: 'known', aud: 'orders-backend', iss: 'https://gateway.example.com', exp: 1300, iat: 1000, jti: uuid },
    ],
  },
  flex: {
    name: 'backend-token',
    token: [
      { alg: 'RS256', typ: 'JWT' },
      { sub: 'known', exp: 1300, iat: 1000 },
    ],
  },
  datapower: {
    name: 'invoices-jwt',
    token: [{ alg: 'RS256' }, { iss: 'known', aud: 'known', exp: 1300, iat: 1000 }],
  },
};

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const tokenOf = (header: object, claims: object): string => `${encoded(header)}.${encoded(claims)}.c2lnbmF0dXJl`;

for (const [vendor, { name, token }] of Object.entries(cases)) {
  test(`the test of an import of ${vendor} proves its policy once it is complete`, async () => {
    const out = join(root, vendor);
    const imported = await runCommand(['import', join(exportsFolder, vendor), '--out', out]);
    assert.ok(imported.code < 2, imported.errors);
    const tests = join(out, 'tests');
    const file = join(tests, `${name}.test.yaml`);

    const unfilled = await runCommand(['test', tests]);
    assert.equal(unfilled.code, 1);
    const text = readFileSync(file, 'utf8');
    const opens = [...text.matchAll(/"FILL IN: .*"/g)];
    assert.ok(opens.length > 0);
    assert.equal(unfilled.out.match(/\[trial\.fill-in\]/g)?.length, opens.length, unfilled.out);

    writeFileSync(file, text.replace(/"FILL IN: .*"/g, 'known'));
    const missing = await runCommand(['test', tests]);
    assert.equal(missing.code, 1);
    assert.match(missing.out, /sameAs: The file with the token does not exist/);

    const recorded = join(tests, 'recorded', `${name}.jwt`);
    mkdirSync(dirname(recorded));
    writeFileSync(recorded, `Bearer ${tokenOf(...token)}\n`);
    const same = await runCommand(['test', tests]);
    assert.equal(same.code, 0, same.out);

    const [header, claims] = token;
    writeFileSync(recorded, tokenOf(header, { ...claims, exp: 1600 }));
    const other = await runCommand(['test', tests]);
    assert.equal(other.code, 1);
    assert.match(other.out, /sameAs claims\.exp: 600 s after the time of issue in the recorded token, and 300 s/);
  });
}
