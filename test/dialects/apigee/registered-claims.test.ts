import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { finish } from '../../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../../src/dialects/index.ts';
import { DocumentFile } from '../../../src/documents/document-file.ts';

test('the claim jti has the place of what it comes from', () => {
  const columnOf = (id: string): number | undefined => {
    const text = `<GenerateJWT name="P"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.k"/></SecretKey>\n${id}</GenerateJWT>`;
    const file = finish(readPolicyFile(new DocumentFile(SourceText.ofFile('p.xml', text)), {}, new Problems()));
    const step = file?.policies[0]?.plan?.claims.find((one) => 'name' in one && one.name === 'jti');
    return step !== undefined && 'place' in step ? step.place?.column : undefined;
  };
  assert.deepEqual(['<Id/>', '<Id></Id>', '<Id>a</Id>', '<Id ref="b"/>'].map(columnOf), [2, 5, 5, 10]);
});
