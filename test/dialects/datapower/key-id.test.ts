import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { finish } from '../../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../../src/dialects/index.ts';
import { DocumentFile } from '../../../src/documents/document-file.ts';

test('without a configuration, the identifier of a key is used as it stands', () => {
  for (const kid of ['key-1', 'private.kid']) {
    const text = `- jwt-generate: { version: 2.0.0, jws-alg: HS256, jws-crypto: k, custom-kid-value-jws: ${kid} }\n`;
    const problems = new Problems();
    const file = finish(readPolicyFile(new DocumentFile(SourceText.ofFile('p.yaml', text)), {}, problems));
    assert.ok(problems.all.some(({ code }) => code === 'datapower.literal-kid'));
    const steps = file?.policies[0]?.plan?.header.filter((step) => step.kind === 'fixed' && step.name === 'kid');
    assert.deepEqual(
      steps?.map((step) => 'value' in step && step.value),
      [kid],
    );
  }
});
