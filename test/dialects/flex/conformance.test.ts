import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compactVerify } from 'jose';
import { parse } from 'yaml';
import { readRequest } from '../../../src/cli/request-objects.ts';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { formatProblem, Problems } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { finish } from '../../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../../src/dialects/index.ts';
import { DocumentFile } from '../../../src/documents/document-file.ts';
import { signingUse } from '../../../src/keys/key-use.ts';
import { makeMinter } from '../../../src/mint/minter.ts';
import { RequestScope } from '../../../src/mint/request-scope.ts';
import { emptyView } from '../../../src/request/object-view.ts';
import { atOnce } from '../../at-once.ts';
import { readKeyText } from '../../keys/read-key-text.ts';

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly header?: object;
  readonly claims?: object;
  readonly refused?: string;
}

const file = new URL('../../conformance/flex/policies.yaml', import.meta.url);
const cases: readonly Case[] = parse(readFileSync(file, 'utf8'));
const secret = Buffer.from('my-secret-key');

function mint({ policy, request }: Case): string {
  const problems = new Problems();
  const found =
    finish(readPolicyFile(new DocumentFile(SourceText.ofFile('policy.yaml', policy)), {}, problems))?.policies ?? [];
  const errors = problems.all.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors.map(formatProblem), []);
  assert.equal(found.length, 1);
  const plan = found[0]?.plan;
  assert.ok(plan?.algorithm && plan.key?.kind === 'inline');
  const { held } = readKeyText(signingUse(plan.algorithm), plan.key.text.text);
  assert.ok(held);
  const written = readRequest(request, 'the request');
  const scope = new RequestScope({
    ...written,
    request: { headers: written.attributes.headers, attributes: new Map(), metadata: emptyView },
    now: 1_700_000_000_999,
    randomId: () => 'unused',
  });
  const signing = { sign: plan.algorithm.createSigner(held.key), kid: held.kid };
  return atOnce(finish(makeMinter(plan, { signing })).mint(scope));
}

for (const example of cases) {
  test(`flex: ${example.name}`, async () => {
    if (example.refused !== undefined) {
      assert.throws(
        () => mint(example),
        (error) => error instanceof MintError && error.code === example.refused,
      );
      return;
    }
    const token = mint(example);
    const { payload } = await compactVerify(token, secret);
    const header = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
    assert.equal(header, JSON.stringify(example.header));
    assert.equal(Buffer.from(payload).toString(), JSON.stringify(example.claims));
  });
}
