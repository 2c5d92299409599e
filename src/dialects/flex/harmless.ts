/**
 * @module
 * Which parts of a Flex policy's file may be shown.
 */
import type { Harmless } from '../../diagnostics/source-text.ts';
import { harmlessYaml, shortWord } from '../../documents/harmless-yaml.ts';
import { signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { configSchema, memberSchema } from './schema.ts';

/** The words of the resources that contain a policy (`carriers.ts`). */
const carriers =
  'policyRef name namespace config spec metadata policies kind apiVersion jwt-generation-flex jwt-generation-flex-v1-0 PolicyBinding ApiInstance targetRef gateway.mulesoft.com v1alpha1 default order address services selector true false null';

const words: ReadonlySet<string> = new Set([
  ...carriers.split(' '),
  ...Object.keys(configSchema.shape),
  ...Object.keys(memberSchema.shape),
  ...signatureAlgorithms.keys(),
]);

export const harmless: Harmless = harmlessYaml(() => words, {
  values: [/\/config\/custom(?:Claims|Headers)\/\d+\/(?:name|value)$/, /\/(?:policyRef|metadata)\/name$/],
  typed: [[/\/config\/(?:signingMethod|iat|exp|nbf)$/, shortWord]],
});
