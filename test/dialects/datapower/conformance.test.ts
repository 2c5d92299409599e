import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compactDecrypt, compactVerify } from 'jose';
import { parse } from 'yaml';
import { type Case, outcomeOf, ownKey } from './conformance-case.ts';

const folder = new URL('../../conformance/datapower/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const cases: readonly Case[] = parse(readFileSync(new URL(file, folder), 'utf8'));
  for (const example of cases) test(`datapower/${file}: ${example.name}`, () => check(example));
}

const invalidJwtGenerate = { httpCode: '500', httpMessage: 'Invalid-JWT-Generate', moreInformation: '' };

async function check(example: Case): Promise<void> {
  const { problems, decision } = outcomeOf(example);
  const errors = problems.filter((problem) => problem.startsWith('error'));
  if (example.problems === undefined) assert.deepEqual(errors, []);
  else assert.deepEqual(problems, example.problems);
  if (example.refused !== undefined) {
    assert.equal(decision?.kind, 'refuse');
    assert.equal(decision.refusal.status, 500);
    assert.deepEqual(JSON.parse(decision.refusal.body), invalidJwtGenerate);
    assert.deepEqual(
      decision.mints.map(({ code, fault }) => [code, fault]),
      [[example.refused, 'RuntimeError']],
    );
  } else if (errors.length === 0) {
    assert.equal(decision?.kind, 'forward', JSON.stringify(decision));
    await checkToken(example, decision.set);
  }
}

async function checkToken(example: Case, set: readonly (readonly [string, string])[]): Promise<void> {
  const [[name, value] = ['', '']] = set;
  const token = value.slice(value.lastIndexOf(' ') + 1);
  if (example.token !== undefined) {
    assert.equal(token, example.token);
    return;
  }
  if (example.output !== undefined) assert.equal(`${name}: ${value.slice(0, -token.length)}`, example.output);
  const header = textOf(token.split('.', 1)[0]);
  if (example.header !== undefined) assert.equal(header, example.header);
  const content = await contentOf(token, JSON.parse(header));
  const { cty } = JSON.parse(header);
  if (cty === undefined) assert.equal(content, example.payload ?? content);
  else await checkInner(example, content);
}

async function checkInner({ inner, payload }: Case, token: string): Promise<void> {
  const header = textOf(token.split('.', 1)[0]);
  assert.equal(header, inner);
  const content = await contentOf(token, JSON.parse(header));
  assert.equal(content, payload ?? content);
}

/** The content of the token, verified or decrypted by jose. */
async function contentOf(
  token: string,
  { alg, enc }: { readonly alg: string; readonly enc?: string },
): Promise<string> {
  if (alg === 'none') {
    assert.match(token, /^[\w-]+\.[\w-]+\.$/);
    return textOf(token.split('.')[1]);
  }
  const { payload } =
    enc === undefined
      ? await compactVerify(token, ownKey(alg))
      : { payload: (await compactDecrypt(token, ownKey(alg, enc))).plaintext };
  return Buffer.from(payload).toString();
}

function textOf(part: string | undefined): string {
  return Buffer.from(part ?? '', 'base64url').toString('utf8');
}
