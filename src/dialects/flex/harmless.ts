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
  'policyRef name namespace config spec metadata policies kind apiVersion jwt-generation-flex jwt-generation-flex-v1-0 PolicyBinding ApiInstance Service List items inbound outbound targetRef gateway.mulesoft.com v1alpha1 default order address services routes selector rules path methods host headers secretRef true false null';

/** The words of API Manager's REST API. */
const managed =
  'configurationData configuration pointcutData methodRegex uriTemplateRegex assetId assetVersion groupId template policyTemplateId implementationAsset jwt-generation credential-injection-jwt-generation label disabled upstreamId upstreams';

const words: ReadonlySet<string> = new Set([
  ...carriers.split(' '),
  ...managed.split(' '),
  ...Object.keys(configSchema.shape),
  ...Object.keys(memberSchema.shape),
  ...signatureAlgorithms.keys(),
]);

export const harmless: Harmless = harmlessYaml(() => words, {
  values: [
    /\/config(?:uration|urationData)?\/custom(?:Claims|Headers)\/\d+\/(?:name|value)$/,
    /\/(?:policyRef|metadata)\/name$/,
    /\/rules\/\d+\/(?:path|methods|host)$/,
    /\/pointcutData\/\d+\/(?:methodRegex|uriTemplateRegex)$/,
  ],
  typed: [[/\/config(?:uration|urationData)?\/(?:signingMethod|iat|exp|nbf)$/, shortWord]],
});
