/**
 * @module
 * The `log.audit` part of `mintproc.yaml`: which minted tokens are logged, and the key for the pseudonyms of subjects.
 */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Code } from '../diagnostics/codes.ts';
import type { Problems } from '../diagnostics/problem.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import { readKeyFile } from '../keys/sources/key-file.ts';
import type { Auditing } from '../mint/audit.ts';
import type { FileReader } from './files.ts';
import { keyPath } from './key-path.ts';
import type { StandInKeys } from './keys/stand-in-keys.ts';

export const auditSchema = z
  .union(
    [
      z.boolean().describe('true: a line is written for each minted token; false: for none.'),
      z.strictObject({
        sample: z
          .number()
          .gt(0)
          .max(1)
          .default(1)
          .describe('Fraction of the tokens that are logged, chosen at random: 0.01 is one in a hundred.'),
        subjectKey: z
          .strictObject({ file: keyPath.describe('File with at least 32 random bytes.') })
          .optional()
          .describe('Key for the pseudonyms of subjects. Without it, subjects are not logged.'),
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
  /** Makes the key if its file does not exist; undefined if that is an error. */
  readonly standIns: StandInKeys | undefined;
}

/** Undefined if nothing is audited. A key that cannot be used is reported. */
export function readAudit(settings: z.output<typeof auditSchema>, context: AuditContext): Auditing | undefined {
  if (settings === false) return undefined;
  if (settings === true) return { isSampled: () => true, pseudonym: undefined };
  const { sample, subjectKey } = settings;
  // Not by the request's id: callers can choose it, and so avoid the sample.
  const isSampled = sample === 1 ? () => true : () => Math.random() < sample;
  const key = subjectKey && readSubjectKey(subjectKey.file, context);
  return { isSampled, pseudonym: key && pseudonymBy(key) };
}

/** Hex digits of a pseudonym: enough to distinguish some million subjects, and no more. */
const pseudonymDigits = 16;

function pseudonymBy(key: KeyObject): (subject: string) => string {
  return (subject) => createHmac('sha256', key).update(subject).digest('hex').slice(0, pseudonymDigits);
}

/** With a shorter key, a reader of the log could guess it, and with it the subjects. */
const minKeyBytes = 32;
/** A longer file is not a key. */
const maxKeyBytes = 1024;

function readSubjectKey(file: string, context: AuditContext): KeyObject | undefined {
  const { document, files, strictFiles, resolve, problems, standIns } = context;
  const path = ['log', 'audit', 'subjectKey', 'file'];
  const report = (code: Code, message: string): undefined => {
    const suggestion = 'Write random bytes to a separate file: `openssl rand -base64 32`.';
    document.report(problems, path, code, { severity: 'error', message, suggestion });
    return undefined;
  };
  const replace = (made: StandInKeys): KeyObject => {
    const absent = { source: resolve(file), place: document.placeAt(path), hasCertificate: false };
    const generate = () => createSecretKey(randomBytes(minKeyBytes));
    return made.make({ ...absent, role: 'audit', algorithm: 'HMAC', generate }).key;
  };
  if (standIns?.areForAll === true) return replace(standIns);
  const access = {
    read: (name: string) => files.read(name),
    list: (name: string) => files.list(name),
    environment: {},
  };
  const read = readKeyFile(resolve(file), { use: { kind: 'secret' }, access, strictFiles });
  const findings = read.kind === 'bytes' ? read.findings : read.reading.findings;
  if (standIns !== undefined && findings.some(({ isAbsence }) => isAbsence)) return replace(standIns);
  for (const finding of findings) {
    document.report(problems, path, finding.code, finding);
  }
  if (read.kind === 'refused') return undefined;
  const bytes = withoutLineBreak(Buffer.from(read.bytes));
  if (bytes.length < minKeyBytes) {
    return report('jose.short-secret', `The subject key has ${bytes.length} bytes; it needs at least ${minKeyBytes}.`);
  }
  if (bytes.length > maxKeyBytes) {
    return report('config.invalid-value', `The file of the subject key has more than ${maxKeyBytes} bytes.`);
  }
  if (bytes.includes('-----BEGIN ')) {
    return report('config.invalid-value', 'The file contains a key or certificate in PEM instead of random bytes.');
  }
  return createSecretKey(bytes);
}

/** Editors and `echo` add a line break, which is not part of the secret. */
function withoutLineBreak(bytes: Buffer): Buffer {
  if (!bytes.toString('latin1').endsWith('\n')) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
