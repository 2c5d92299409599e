/**
 * @module
 * An example of each rule, for `mintproc help CODE` and `docs/rules.md`: a file that breaks it, and the file mended.
 * `rule-examples.test.ts` checks both.
 */
import type { RuleCode } from '../../../diagnostics/rules.ts';
import { configurationExamples } from './configuration.ts';
import type { RuleExample } from './example.ts';
import { policyExamples } from './policies.ts';
import { vendorExamples } from './vendors.ts';

export const ruleExamples: Readonly<Record<RuleCode, RuleExample>> = {
  ...policyExamples,
  ...vendorExamples,
  ...configurationExamples,
};
