/**
 * @module
 * Writes `test/conformance/findings.yaml`.
 */
import { writeFileSync } from 'node:fs';
import { findingsFile, findingsText } from './findings.ts';

writeFileSync(findingsFile, findingsText());
