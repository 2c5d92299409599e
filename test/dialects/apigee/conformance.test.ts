import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compactVerify } from 'jose';
import { parse } from 'yaml';
import { type Case, outcomeOf, textOf, verifier } from './conformance-case.ts';

const folder = new URL('../../conformance/apigee/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const cases: readonly Case[] = parse(readFileSync(new URL(file, folder), 'utf8'));
  for (const example of cases) test(`apigee/${file}: ${example.name}`, () => check(example));
}

async function check(example: Case): Promise<void> {
  const { problems, decision } = outcomeOf(example);
  const errors = problems.filter((problem) => problem.startsWith('error'));
  assert.deepEqual(problems, example.problems ?? []);
  if (example.refused !== undefined || example.fault !== undefined) {
    assert.equal(decision?.kind, 'refuse');
    checkRefusal(example, decision.refusal);
  } else if (example.passed !== undefined) {
    assert.equal(decision?.kind, 'forward');
    assert.deepEqual([decision.set, decision.mints.map(({ code }) => code ?? '')], [[], [example.passed]]);
    assert.ok(decision.remove.length > 0);
  } else if (example.removed !== undefined) {
    assert.equal(decision?.kind, 'forward');
    assert.deepEqual([decision.set, decision.remove], [[], example.removed]);
  } else if (errors.length === 0) {
    assert.equal(decision?.kind, 'forward');
    await checkToken(example, decision.set);
  }
}

function checkRefusal({ refused, fault }: Case, refusal: { readonly status: number; readonly body: string }): void {
  const body: { readonly fault: { readonly detail: { readonly errorcode: string } } } = JSON.parse(refusal.body);
  if (refused !== undefined) assert.deepEqual({ status: refusal.status, body }, refused);
  if (fault !== undefined) assert.equal(body.fault.detail.errorcode, fault);
}

async function checkToken(example: Case, set: readonly (readonly [string, string])[]): Promise<void> {
  const [[name, value] = ['', '']] = set;
  const token = value.slice(value.lastIndexOf(' ') + 1);
  const [header, payload] = token.split('.').map(textOf);
  if (example.header !== undefined) assert.equal(header, example.header);
  if (example.payload !== undefined) assert.equal(payload, example.payload);
  if (example.output !== undefined) assert.equal(`${name}: ${value.slice(0, -token.length)}`, example.output);
  const { alg } = JSON.parse(header ?? '{}');
  const key = example.secret === undefined ? verifier(alg) : Buffer.from(example.secret);
  const verified = compactVerify(token, key, { crit: { urgent: true, 'x-a': true } });
  if (example.verified === false) await assert.rejects(verified);
  else await verified;
}
