/**
 * @module
 * What came to Apigee after the page that a product still publishes: SAP's page is Edge's of 2017 in its elements.
 */
import type { PolicyReader, Spot } from './policy-reader.ts';

/** @param what the element, algorithm or value, as the object of a sentence */
export function reportNewer(reader: PolicyReader, at: Spot, what: string): void {
  if (!reader.edition.isLimited) return;
  reader.report('apigee.newer-element', at, {
    message: `The documentation of ${reader.edition.product} does not have ${what}; mintproc reads it as Apigee X does.`,
    suggestion: 'Check that the gateway accepts the policy. If it runs on Apigee X, write `edition: x`.',
  });
}
