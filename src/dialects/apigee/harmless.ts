/**
 * @module
 * Which parts of an Apigee policy's file may be shown: nothing inside an element that holds a key.
 */
import type { Harmless } from '../../diagnostics/source-text.ts';
import { harmlessXml } from '../../documents/harmless-xml.ts';
import { shortWord } from '../../documents/harmless-yaml.ts';
import { contentEncryptions } from '../../jose/content-encryption.ts';
import { keyManagements } from '../../jose/key-management.ts';
import { signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { claimTypes } from './claim-types.ts';
import { grammarWords } from './elements.ts';

const others =
  'GenerateJWT CDATA xml version 1.0 encoding UTF-8 utf-8 standalone yes no xmlns true false Signed Encrypted base16 hex base64 base64url';

const words: ReadonlySet<string> = new Set([
  ...others.split(' '),
  ...grammarWords(),
  ...claimTypes,
  ...signatureAlgorithms.keys(),
  ...keyManagements.keys(),
  ...contentEncryptions.keys(),
]);

const single =
  'DisplayName|Subject|Issuer|Audience|Id|Additional(?:Claims|Headers)/Claim|CriticalHeaders|OutputVariable';

const typed =
  'Type|Algorithm|Algorithms/\\w+|ExpiresIn|NotBefore|Compress|IgnoreUnresolvedVariables|PasswordKey/(?:SaltLength|PBKDF2Iterations)';

/** Elements with child elements are not listed in `texts`: text in them was meant for another element. */
export const harmless: Harmless = harmlessXml(() => words, {
  texts: new RegExp(`^GenerateJWT/(?:${single})$`),
  typed: [new RegExp(`^GenerateJWT/(?:${typed})$`), shortWord],
  attributes: new RegExp(`^GenerateJWT(?:/(?:AdditionalClaims|${single}|${typed}))?$`),
});
