/**
 * @module
 * `npm run findings`: writes `test/conformance/findings.yaml`. A test fails while it differs from what is said.
 */
import { writeFileSync } from 'node:fs';
import { findingsFile, findingsText } from './findings.ts';

writeFileSync(findingsFile, findingsText());
