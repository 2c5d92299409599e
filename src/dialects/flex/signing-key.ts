/**
 * @module
 * `privateKey` of a policy: the key itself, or a reference to a secret that the gateway reads elsewhere.
 *
 * What only names a key must never become the key: under HS256 any text is a valid secret, and everyone knows `${KEY}`.
 */
import * as z from 'zod';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { SignatureAlgorithm } from '../../jose/signature-algorithms.ts';
import type { InlineKey, KeySource } from '../../plan/token-plan.ts';

/** A reference by name, or by the name of a secret and the key in it. */
const secretReference = z.union([
  z.string().min(1),
  z.looseObject({ name: z.string().min(1).describe('The name of the secret.') }),
]);

export const keySchema = z.union([
  z.string(),
  z.strictObject({ secretRef: secretReference.describe('The secret with the key: one of `keys` in mintproc.yaml.') }),
]);

/** The key of a policy; undefined if it has none. */
export function readSigningKey(
  written: z.output<typeof keySchema> | undefined,
  algorithm: SignatureAlgorithm,
  document: LocatedYaml,
  path: YamlPath,
): KeySource | undefined {
  if (written === undefined) return undefined;
  if (typeof written === 'string') {
    const text = document.scalarAt(path);
    const unusable = objection(text.text, algorithm);
    return unusable === undefined ? { kind: 'inline', text } : { kind: 'inline', text, unusable };
  }
  const { secretRef } = written;
  const at = typeof secretRef === 'string' ? [...path, 'secretRef'] : [...path, 'secretRef', 'name'];
  const place = document.scalarAt(at);
  return { kind: 'named', name: place.text, place, holds: 'key', own: undefined };
}

/** Whole texts that stand for a key. A real secret may contain any of these in its middle. */
const references: readonly (readonly [form: RegExp, what: string])[] = [
  [/^\$\{[\s\S]*\}$|^\$\$?\([\s\S]*\)$/, 'a placeholder that should have been replaced'],
  [/^\$[A-Za-z_]\w*$/, 'the name of an environment variable of the gateway'],
  [/^#\[[\s\S]*\]?$/, 'an expression, which the gateway does not evaluate here'],
  [/^\{\{[\s\S]*\}\}$|^<%[\s\S]*%>$/, 'a template that should have been rendered'],
  [/^!(?:include|env|file|vault|secret)\b/i, 'an instruction to read the key elsewhere'],
  [/^(?:(?:env|file|vault):|secrets?:\/\/)[\w./-]+$/i, 'the address of a key'],
  [/^<[\w -]+>$/, 'the placeholder of an example'],
  [/^[*\u2022]+$/, 'a key that the export has masked'],
];

function objection(text: string, algorithm: SignatureAlgorithm): InlineKey['unusable'] {
  const trimmed = text.trim();
  const isSecret = algorithm.keyTypes.includes('oct');
  const what = references.find(([form]) => form.test(trimmed))?.[1];
  if (what !== undefined) {
    return {
      message: `This is ${what}, not a key${isSecret ? ', and it would become the secret itself' : ''}.`,
      suggestion,
    };
  }
  if (!isSecret || !/-----BEGIN /.test(text)) return undefined;
  return {
    message: `This is a key in PEM, but ${algorithm.name} signs with a secret: the text of the PEM would become the secret itself.`,
    suggestion: 'Write a signing method of this key, such as RS256 or ES256, or a random secret.',
  };
}

const suggestion =
  "Write the key here, or `key: { file: … }` or `key: { env: … }` in the policy's entry in mintproc.yaml, which replaces it.";
