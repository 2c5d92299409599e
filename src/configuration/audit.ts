/**
 * @module
 * The `log.audit` part of `mintproc.yaml`: which minted tokens leave a line, and the key of the pseudonyms in it.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import type { Code } from '../diagnostics/codes.ts';
import type { Problems } from '../diagnostics/problem.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import { readKeyFile } from '../keys/sources/key-file.ts';
import type { Auditing } from '../mint/audit.ts';
import type { FileReader } from './files.ts';
import { keyPath } from './keys-schema.ts';

export const auditSchema = z
  .union(
    [
      z.boolean().describe('true: each minted token leaves a line; false: none does.'),
      z.strictObject({
        sample: z
          .number()
          .gt(0)
          .max(1)
          .default(1)
          .describe('Which part of the tokens leaves a line: 0.01 is one of a hundred, drawn at random.'),
        subjectKey: z
          .strictObject({ file: keyPath.describe('File with 32 random bytes or more.') })
          .optional()
          .describe('The key of the pseudonyms of subjects. Without it subjects are left out.'),
      }),
    ],
    { error: 'must be true, false, or { sample: …, subjectKey: … }' },
  )
  .default(false);

interface AuditContext {
  readonly document: LocatedYaml;
  readonly files: FileReader;
  readonly strictFiles: boolean;
  resolve(file: string): string;
  readonly problems: Problems;
}

/** Undefined where nothing is audited; a key that cannot be used is reported. */
export function readAudit(settings: z.output<typeof auditSchema>, context: AuditContext): Auditing | undefined {
  if (settings === false) return undefined;
  if (settings === true) return { isSampled: () => true, pseudonym: undefined };
  const { sample, subjectKey } = settings;
  // Not by the request's id: callers may choose it, and with it not to be in the sample.
  const isSampled = sample === 1 ? () => true : () => Math.random() < sample;
  const key = subjectKey && readSubjectKey(subjectKey.file, context);
  return { isSampled, pseudonym: key && pseudonymBy(key) };
}

/** As many hex digits as tell some million subjects apart, and no more than is needed for that. */
const pseudonymDigits = 16;

function pseudonymBy(key: KeyObject): (subject: string) => string {
  return (subject) => createHmac('sha256', key).update(subject).digest('hex').slice(0, pseudonymDigits);
}

/** With fewer, whoever reads the log could find the key by trying, and by it the subjects. */
const fewestBytes = 32;
/** More is no key but some other file. */
const mostBytes = 1024;

function readSubjectKey(file: string, { document, files, strictFiles, resolve, problems }: AuditContext) {
  const path = ['log', 'audit', 'subjectKey', 'file'];
  const report = (code: Code, message: string): undefined => {
    const suggestion = 'Write random bytes into a file of its own: `openssl rand -base64 32`.';
    document.report(problems, path, code, { message, suggestion });
    return undefined;
  };
  const world = { read: (name: string) => files.read(name), list: (name: string) => files.list(name), environment: {} };
  const read = readKeyFile(resolve(file), { use: { kind: 'secret' }, world, strictFiles });
  for (const finding of read.kind === 'bytes' ? read.findings : read.reading.findings) {
    document.report(problems, path, finding.code, finding);
  }
  if (read.kind === 'refused') return undefined;
  const bytes = withoutLineBreak(Buffer.from(read.bytes));
  if (bytes.length < fewestBytes) {
    return report('jose.short-secret', `The subject key has ${bytes.length} bytes; it needs at least ${fewestBytes}.`);
  }
  if (bytes.length > mostBytes) {
    return report('config.invalid-value', `The file of the subject key has more than ${mostBytes} bytes.`);
  }
  if (bytes.includes('-----BEGIN ')) {
    return report('config.invalid-value', 'The file holds a key or certificate in PEM, and no random bytes.');
  }
  return createSecretKey(bytes);
}

/** Editors and `echo` end a file with one, which is no part of the secret. */
function withoutLineBreak(bytes: Buffer): Buffer {
  if (!bytes.toString('latin1').endsWith('\n')) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
