/**
 * @module
 * The `keys` part of `mintproc.yaml`: keys under the names that policies use, such as a gateway's crypto objects and the
 * variables that hold JWKs. Read once, when the configuration loads.
 */
import { z } from 'zod';
import type { ProblemDetails, Problems } from '../diagnostics/problem.ts';
import type { LocatedYaml } from '../dialects/located-yaml.ts';
import type { KeyFinding } from '../jose/signing-key.ts';
import type { KeyForm, KeyOrigin } from '../keys/key-material.ts';
import { type FileReader, readText } from './files.ts';

const namedKeySchema = z.union([
  z.strictObject({
    file: z
      .string()
      .min(1)
      .describe('File with the key: PEM, a certificate, a JWK, or the secret itself. Relative to this file.'),
    encoding: z
      .enum(['utf8', 'hex', 'base64', 'base64url'])
      .optional()
      .describe('How a secret is written. Default: utf8, which is the text itself.'),
  }),
  z.strictObject({
    jwk: z
      .union([z.string(), z.record(z.string(), z.json())])
      .describe('A JWK, as a map or as JSON text. For secrets and private keys prefer a file.'),
  }),
]);

export const namedKeysSchema = z
  .record(z.string().min(1).max(256), namedKeySchema)
  .default({})
  .describe('Keys by the names that policies use: crypto objects, and variables that hold JWKs.');

type NamedKeyForm = z.output<typeof namedKeySchema>;

/** The text of a key, and where what is wrong with it is reported. */
export interface KeyText {
  readonly text: string;
  readonly origin: KeyOrigin;
  readonly form: KeyForm;
  report(finding: KeyFinding & ProblemDetails): void;
}

export interface NamedKeyContext {
  readonly document: LocatedYaml;
  readonly files: FileReader;
  /** A path of the configuration as it can be opened. */
  resolve(file: string): string;
  readonly problems: Problems;
}

export interface NamedKeys {
  /** Undefined where the configuration has no key of this name; `unreadable` where it has one and cannot be read. */
  find(name: string): KeyText | 'unreadable' | undefined;
}

export const noNamedKeys: NamedKeys = { find: () => undefined };

/** Reads them all; what cannot be read is reported. */
export function readNamedKeys(forms: Readonly<Record<string, NamedKeyForm>>, context: NamedKeyContext): NamedKeys {
  const entries = Object.entries(forms).map(([name, form]) => [name, readOne(name, form, context)] as const);
  const keys: ReadonlyMap<string, KeyText | 'unreadable'> = new Map(entries);
  return { find: (name) => keys.get(name) };
}

function readOne(name: string, form: NamedKeyForm, context: NamedKeyContext): KeyText | 'unreadable' {
  const { document, files, problems } = context;
  const part = 'jwk' in form ? 'jwk' : 'file';
  const report: KeyText['report'] = (finding) => document.report(problems, ['keys', name, part], finding.code, finding);
  if ('jwk' in form) {
    const text = typeof form.jwk === 'string' ? form.jwk : JSON.stringify(form.jwk);
    return { text, origin: 'policy', form: { jwk: true }, report };
  }
  const path = context.resolve(form.file);
  const contents = readText(files, path);
  if (contents.kind === 'text') {
    return { text: contents.text, origin: 'file', form: { jwk: true, encoding: form.encoding }, report };
  }
  const message = `The key file ${path} ${contents.reason}.`;
  document.report(problems, ['keys', name, 'file'], 'config.unreadable-file', { message });
  return 'unreadable';
}
