/**
 * @module
 * Which parts of an API Connect file may be shown. The value of a `set-variable` may not: it may be a JWK.
 */
import type { Harmless } from '../../diagnostics/source-text.ts';
import { harmlessYaml, shortWord } from '../../documents/harmless-yaml.ts';
import { contentEncryptions } from '../../jose/content-encryption.ts';
import { keyManagements } from '../../jose/key-management.ts';
import { signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { actionName } from './assembly.ts';
import { propertiesSchema } from './schema.ts';

/** The words of an API and its assembly that are read here. */
const assembly =
  'swagger openapi info x-ibm-name title version description basePath servers url paths x-ibm-configuration properties value gateway datapower-api-gateway datapower-gateway assembly execute otherwise default finally catch catch-all if switch operation-switch case condition catalogs encoded native_provider api gatewayscript jwt-validate output-claims operations verb path map invoke xslt oauth proxy parse set-variable actions set add clear type string number boolean any 1.0.0 2.0.0 2.1.0 none true false null';

const words: ReadonlySet<string> = new Set([
  actionName,
  ...assembly.split(' '),
  ...Object.keys(propertiesSchema.shape),
  ...signatureAlgorithms.keys(),
  ...keyManagements.keys(),
  ...contentEncryptions.keys(),
]);

export const harmless: Harmless = harmlessYaml(() => words, {
  values: [
    /\/jwt-generate\/(?:title|jwt|(?:jti|iss|sub|aud|exp)-claim|private-claims)$/,
    /\/set-variable\/actions\/\d+\/(?:set|add|clear)$/,
    /\/jwt-validate\/output-claims$/,
  ],
  typed: [
    [/\/jwt-generate\/(?:version|jws-alg|jwe-alg|jwe-enc)$/, shortWord],
    [/\/set-variable\/actions\/\d+\/type$/, shortWord],
  ],
});
