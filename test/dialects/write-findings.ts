/**
 * @module
 * `npm run findings`: writes `findings.yaml` and `messages.yaml` in `test/conformance/`. A test fails while they differ
 * from what is said.
 */
import { writeFileSync } from 'node:fs';
import { recordedTexts } from './findings.ts';

for (const { file, text } of recordedTexts()) writeFileSync(file, text);
